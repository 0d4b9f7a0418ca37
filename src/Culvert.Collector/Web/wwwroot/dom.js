// Small helpers to build the page. Nothing here, or anywhere, makes markup from strings: text stays text.

export const find = (id) => document.getElementById(id);

/** Makes an element: attributes by name, `on...` are handlers, children are nodes or text. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

export function svg(tag, attributes = {}) {
  const node = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

export const button = (label, onclick, attributes = {}) =>
  el('button', { type: 'button', class: 'button small', onclick, ...attributes }, label);

const numbers = new Intl.NumberFormat('en');
export const count = (n) => numbers.format(n);
export const plural = (n, one, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`;

let toastTimer;
export function toast(text) {
  const box = find('toast');
  box.textContent = text;
  box.hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { box.hidden = true; }, 2500);
}

export async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
    toast(`${what} copied`);
  } catch {
    toast('The browser did not let us copy');
  }
}

export function empty(title, text, ...actions) {
  return el('div', { class: 'empty' }, el('h2', {}, title), el('p', {}, text), el('div', { class: 'actions' }, ...actions));
}
