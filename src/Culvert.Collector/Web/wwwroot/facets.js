// The fields of what was found, with their most frequent values, counted in a sample whose size is shown.
import { el, find, count, plural } from './dom.js';
import { plain } from './text.js';
import { known } from './levels.js';

const open = new Set(['level', 'service']);

export class Facets {
  constructor(onFilter) {
    this.root = find('facets');
    this.onFilter = onFilter;
    this.fields = [];
  }

  show({ sampled, fields }) {
    this.fields = fields;
    if (!fields.length) {
      this.root.replaceChildren();
      return;
    }
    this.root.replaceChildren(
      el('p', { class: 'faint' }, `Fields in the newest ${plural(sampled, 'record')}`),
      ...fields.map((field) => this.field(field, sampled)));
  }

  field(field, sampled) {
    const box = el('details', {
      open: open.has(field.name),
      ontoggle: () => (box.open ? open.add(field.name) : open.delete(field.name)),
    }, el('summary', {}, el('span', {}, plain(field.name)), el('b', {}, count(field.count))));
    for (const value of field.values) box.append(this.value(field, value, sampled));
    const others = field.distinct - field.values.length;
    if (others > 0) box.append(el('p', { class: 'faint' }, `and ${plural(others, 'more value')}`));
    return box;
  }

  value(field, { value, count: n }, sampled) {
    const shown = plain(String(value));
    const share = el('i', { class: field.name === 'level' ? `share level-${known(value)}` : 'share' });
    share.style.width = `${Math.max(1, (100 * n) / sampled)}%`;
    return el('div', { class: 'facet' }, share,
      el('button', { type: 'button', class: 'value', title: `Only ${field.name} ${shown}`, onclick: () => this.onFilter(field.name, value, false) },
        shown || '(empty)'),
      el('b', {}, count(n)),
      el('button', {
        type: 'button', class: 'without', 'aria-label': `Without ${field.name} ${shown}`, title: 'Exclude',
        onclick: () => this.onFilter(field.name, value, true),
      }, '\u2212'));
  }
}
