// The faults in the layout of the page: texts and controls on each other or outside of the window.
// The labels of the plots are drawn, and have no boxes.
(() => {
  const visible = (e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const boxes = [], wrong = [], texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const pen = new OffscreenCanvas(1, 1).getContext('2d');
  let smallest = Infinity;
  while (texts.nextNode()) {
    const words = texts.currentNode.data.trim(), owner = texts.currentNode.parentElement;
    if (!words || !visible(owner) || owner.closest('option, title, script')) continue;
    const scale = owner.getScreenCTM ? owner.getScreenCTM().a : 1; // of a drawing
    const { font, fontSize } = getComputedStyle(owner);
    smallest = Math.min(smallest, scale * parseFloat(fontSize));
    pen.font = font; // lines may share the room above and below their letters
    const m = pen.measureText(words), above = scale * (m.fontBoundingBoxAscent - m.actualBoundingBoxAscent);
    const below = scale * (m.fontBoundingBoxDescent - m.actualBoundingBoxDescent);
    const range = document.createRange();
    range.selectNodeContents(texts.currentNode);
    const room = owner.closest('#told')?.getBoundingClientRect(); // which scrolls
    for (const { left, right, top, bottom } of range.getClientRects()) {
      if (room && (bottom > room.bottom || top < room.top)) continue;
      boxes.push({ owner, box: { left, right, top: top + above, bottom: bottom - below }, what: `“${words}”`, control: false });
    }
  }
  for (const owner of document.querySelectorAll('button, select, input, a[href]')) {
    if (visible(owner)) boxes.push({ owner, box: owner.getBoundingClientRect(), what: `the control ${owner.id}`, control: true });
  }
  if (document.documentElement.scrollWidth > innerWidth) wrong.push(`the page is ${document.documentElement.scrollWidth} px wide`);
  boxes.forEach((a, k) => {
    if (a.box.left < -1 || a.box.right > innerWidth + 1) wrong.push(`${a.what} lies from ${a.box.left} to ${a.box.right} px`);
    for (const b of boxes.slice(k + 1)) {
      if ((a.control && a.owner.contains(b.owner)) || (b.control && b.owner.contains(a.owner))) continue;
      const x = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
      const y = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
      if (x > 1 && y > 1) wrong.push(`${a.what} and ${b.what} share ${x.toFixed(1)} x ${y.toFixed(1)} px`);
    }
  });
  return { Wrong: wrong, Boxes: boxes.length, Smallest: smallest, Height: document.documentElement.scrollHeight };
})()
