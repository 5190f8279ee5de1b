// The small things that the parts of the board are made of.

export function svg(name, attributes, children = []) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

const pen = document.createElement('canvas').getContext('2d');

// measure is how wide a text is in letters of a size.
export function measure(text, size) {
  pen.font = `${size}px ${getComputedStyle(document.body).fontFamily}`;
  return pen.measureText(text).width;
}

// fit is a text that is at most so wide, with all of it in a title where it had to be cut.
export function fit(text, width, size, attributes) {
  let short = text;
  while (short.length > 1 && measure(short === text ? short : `${short}…`, size) > width) short = short.slice(0, -1);
  return svg('text', attributes, short === text ? [text] : [`${short}…`, svg('title', {}, [text])]);
}
