// SVG elements and texts of the board.

export function svg(name, attributes, children = []) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

let pen;

// measure is the width of a text in letters of a size, px.
export function measure(text, size) {
  pen ??= document.createElement('canvas').getContext('2d');
  pen.font = `${size}px ${getComputedStyle(document.body).fontFamily}`;
  return pen.measureText(text).width;
}

// fit is a text of at most a width. A longer text is cut, with all of it in a title.
export function fit(text, width, size, attributes) {
  let short = text;
  while (short.length > 1 && measure(short === text ? short : `${short}…`, size) > width) short = short.slice(0, -1);
  return svg('text', attributes, short === text ? [text] : [`${short}…`, svg('title', {}, [text])]);
}
