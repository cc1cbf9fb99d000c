// dom.js -- builds elements.  Text becomes text nodes, always: no string is
// ever parsed as markup, and no attribute runs as a script.

const SVG = 'http://www.w3.org/2000/svg';

function setProperty(element, name, value) {
  if (typeof value === 'function') {
    element.addEventListener(name.slice('on'.length), value);
  } else if (name.startsWith('on') || name === 'style') {
    throw new TypeError(`${name}: only functions, no inline style`);
  } else if (value === true) {
    element.setAttribute(name, '');
  } else if (value !== undefined && value !== null && value !== false) {
    element.setAttribute(name, String(value));
  }
}

function fill(element, properties, children) {
  for (const [name, value] of Object.entries(properties ?? {})) {
    setProperty(element, name, value);
  }
  element.append(...children.flat(4).filter((c) => c !== null &&
      c !== undefined && c !== false && c !== ''));
  return element;
}

// el('p', { class: 'note', onclick: f }, 'text', child, [more])
export function el(tag, properties, ...children) {
  return fill(document.createElement(tag), properties, children);
}

export function svg(tag, properties, ...children) {
  return fill(document.createElementNS(SVG, tag), properties, children);
}

// Line drawings of 24 x 24, stroked with the colour of the text.
const ICONS = {
  check: 'M4.5 12.5l5 5 10-11',
  alert: 'M12 3.5L2.5 20h19zM12 10v4.5M12 17.2v.3',
  info: 'M12 3a9 9 0 100 18 9 9 0 000-18zM12 11v5.5M12 7.5v.3',
  clock: 'M12 3a9 9 0 100 18 9 9 0 000-18zM12 7v5.2l3.4 2',
  document: 'M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6',
  download: 'M12 4v11M7 10.5l5 5 5-5M4.5 20h15',
  open: 'M14 4h6v6M20 4l-9 9M18 14v6H4V6h6',
  share: 'M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2.5v2.5H14z' +
      'M17.5 17.5H20V20h-2.5zM14 20h.1M20 14h-.1',
  print: 'M7 9V3.5h10V9M7 17H4V9h16v8h-3M7 14h10v6.5H7z',
  close: 'M6 6l12 12M18 6L6 18',
  lock: 'M6 11h12v9.5H6zM8.5 11V8a3.5 3.5 0 017 0v3M12 14.7v2',
  refresh: 'M19.5 12a7.5 7.5 0 11-2.2-5.3L20 9.2M20 4.2v5h-5',
  up: 'M12 20V5M6 10.5l6-6 6 6',
  down: 'M12 4v15M6 13.5l6 6 6-6',
  copy: 'M8.5 8.5h11v11h-11zM15.5 8.5v-4h-11v11h4',
  pen: 'M4 20l1-4.5L16 4.5l3.5 3.5L8.5 19zM13.5 7l3.5 3.5',
  plus: 'M12 5v14M5 12h14',
  back: 'M19 12H5M11 6l-6 6 6 6',
};

// Decoration: what it means is always written beside it.
export function icon(name) {
  return svg('svg', { class: 'icon', viewBox: '0 0 24 24', fill: 'none',
    stroke: 'currentColor', 'stroke-width': '2', 'stroke-linecap': 'round',
    'stroke-linejoin': 'round', 'aria-hidden': 'true', focusable: 'false' },
  svg('path', { d: ICONS[name] }));
}

export function button(label, properties, iconName) {
  return el('button', { type: 'button', ...properties },
    iconName && icon(iconName), el('span', null, label));
}

// Text from outside: its own direction, its own lines.
export function outsideText(tag, text, properties) {
  return el(tag, { dir: 'auto', ...properties }, text);
}

export function meta(name) {
  return document.querySelector(`meta[name="guichet-${name}"]`)?.content ?? '';
}
