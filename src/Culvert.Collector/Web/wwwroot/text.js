// How the text of a record is shown: as text only, with ANSI colours turned into classes, what cannot be seen made
// visible, and the words that were searched for marked.
import { el } from './dom.js';

const escapes = /\x1b(?:\[([0-9;:]*)([@-~])|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\^_])/g;
// Control characters, and those that turn the direction of text: a line must not be able to disguise itself.
const hidden = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

export function plain(text) {
  return text.replace(escapes, '').replace(hidden, visible);
}

/** The text as nodes. `terms` are marked where they stand, whatever their case. */
export function rich(text, terms = []) {
  const nodes = [];
  const pattern = termPattern(terms);
  let classes = '';
  let at = 0;
  for (const match of text.matchAll(escapes)) {
    push(nodes, text.slice(at, match.index), classes, pattern);
    at = match.index + match[0].length;
    if (match[2] === 'm') classes = colours(match[1], classes);
  }
  push(nodes, text.slice(at), classes, pattern);
  return nodes;
}

function push(nodes, text, classes, pattern) {
  if (!text) return;
  const parts = marked(text.replace(hidden, visible), pattern);
  if (classes) nodes.push(el('span', { class: classes }, ...parts));
  else nodes.push(...parts);
}

function marked(text, pattern) {
  if (!pattern) return [text];
  return text.split(pattern).map((part, i) => (i % 2 ? el('mark', {}, part) : part)).filter((part) => part !== '');
}

let lastKey = null;
let lastPattern = null;
function termPattern(terms) {
  const key = terms.map((t) => `${t.text}${t.prefix ? '*' : ''}`).join('\n');
  if (key === lastKey) return lastPattern;
  const escape = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/\s+/g, '\\s+');
  const words = terms.map((t) => `${escape(t.text)}${t.prefix ? '[\\p{L}\\p{N}_]*' : '(?![\\p{L}\\p{N}_])'}`);
  lastKey = key;
  lastPattern = words.length ? new RegExp(`(?<![\\p{L}\\p{N}_])(${words.join('|')})`, 'giu') : null;
  return lastPattern;
}

function colours(codes, classes) {
  const set = new Set(classes.split(' ').filter(Boolean));
  const drop = (prefix) => set.forEach((name) => { if (name.startsWith(prefix)) set.delete(name); });
  const list = (codes || '0').split(/[;:]/).map(Number);
  for (let i = 0; i < list.length; i++) {
    const code = list[i];
    if (code === 0) set.clear();
    else if (code === 1) set.add('ansi-bold');
    else if (code === 22) set.delete('ansi-bold');
    else if (code === 4) set.add('ansi-line');
    else if (code === 24) set.delete('ansi-line');
    else if (code === 38 || code === 48) i += list[i + 1] === 5 ? 2 : 4; // 256 and 24-bit colours might not be readable here
    else if (code === 39) drop('ansi-fg');
    else if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) {
      drop('ansi-fg');
      set.add(`ansi-fg${code % 10}`);
    }
  }
  return [...set].join(' ');
}

function visible(character) {
  const code = character.charCodeAt(0);
  if (code === 0x0d) return '';
  return code < 0x20 ? String.fromCharCode(0x2400 + code) : `\u2039U+${code.toString(16).toUpperCase().padStart(4, '0')}\u203a`;
}
