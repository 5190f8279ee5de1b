// How to join: the command, the addresses, and for those who may see it the join code with its QR code.

// code is the join code of a scanned QR code. It is in the fragment of the address: no server gets it.
const scanned = /^#[A-Z0-9]{4}-[A-Z0-9]{4}$/.test(location.hash) ? location.hash.slice(1) : '';
if (scanned) history.replaceState(null, '', location.pathname);

const element = (name, className, text) => {
  const e = document.createElement(name);
  if (className) e.className = className;
  if (text !== undefined) e.textContent = text;
  return e;
};

// qr returns a QR code as an SVG image with its margin of four modules.
function qr({ size, path }) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg'), p = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  svg.setAttribute('viewBox', `-4 -4 ${size + 8} ${size + 8}`);
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', 'QR code to join');
  svg.setAttribute('class', 'qr');
  svg.setAttribute('shape-rendering', 'crispEdges');
  p.setAttribute('d', path);
  svg.append(p);
  return svg;
}

// small returns the contents of the head, large those of the dialog.
export function small(invitation) {
  const box = element('span'), code = invitation.code || scanned;
  box.append(element('code', '', invitation.commands?.[0] ?? ''));
  if (invitation.addresses?.length) box.append(element('span', 'small', `hub: ${invitation.addresses[0]}`));
  if (code) box.append(element('span', 'code', code));
  return [...(invitation.qr ? [qr(invitation.qr)] : []), box];
}

export function large(invitation, url) {
  const code = invitation.code || scanned, [first = '', withAddress] = invitation.commands ?? [], all = [];
  all.push(element('code', '', first));
  if (withAddress) all.push(element('p', 'small', 'or with the address of the hub:'), element('code', '', withAddress));
  if (code) all.push(element('p', 'small', 'join code'), element('p', 'code', code));
  else if (first.includes('--code-file')) all.push(element('p', 'small', 'The join code is on the projector.'));
  if (invitation.qr) all.push(qr(invitation.qr));
  if (url) all.push(element('p', 'small', `This page: ${url}`));
  return all;
}
