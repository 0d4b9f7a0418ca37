// What could come next in the query: fields of what was found, their values, and queries that were asked before. A
// combobox as of WAI-ARIA: the arrows choose, Enter or Tab takes, Esc closes; Enter without a choice searches.
import { el, find, count } from './dom.js';
import { json } from './api.js';
import { plain } from './text.js';
import { completion, history, quote } from './query.js';

const most = 10;

export class Suggest {
  /** @param source says the bounds that are searched, and the fields of what was found. */
  constructor(source) {
    this.source = source;
    this.input = find('query');
    this.list = find('suggestions');
    this.chosen = -1;
    this.items = [];
    this.asked = 0;
    this.input.addEventListener('input', () => this.offer());
    this.input.addEventListener('click', () => this.offer());
    this.input.addEventListener('blur', () => this.close());
    this.input.addEventListener('keydown', (event) => this.key(event));
    // Before the input loses the focus, which would close the list under the pointer.
    this.list.addEventListener('pointerdown', (event) => {
      event.preventDefault();
      const option = event.target.closest('[role="option"]');
      if (option) this.take(this.items[[...this.list.children].indexOf(option)]);
    });
  }

  close() {
    this.asked += 1;
    this.show([]);
  }

  async offer() {
    const asked = ++this.asked;
    const text = this.input.value;
    const place = completion(text, this.input.selectionStart ?? text.length);
    let items = [];
    if (!text.trim()) items = history().map((query) => ({ text: query, from: 0, to: text.length, note: 'asked before' }));
    else if (place?.field) items = await this.values(place);
    else if (place) items = this.fields(place);
    if (asked === this.asked) this.show(items.slice(0, most));
  }

  fields({ typed, from, to }) {
    const begins = typed.toLowerCase();
    return this.source.fields().filter((field) => field.name.toLowerCase().startsWith(begins))
      .map((field) => ({ text: `${field.name}:`, from, to, note: count(field.count), goesOn: true }));
  }

  async values({ field, typed, from, to }) {
    const begins = typed.replace(/^"/, '').toLowerCase();
    const known = this.source.fields().find((one) => one.name.toLowerCase() === field.toLowerCase());
    let values = known?.values;
    if (!values) {
      try {
        values = (await json('/api/top', { ...this.source.bounds(), field, limit: 50 })).values;
      } catch {
        return []; // a help that does not come is none that is missed
      }
    }
    return values.filter(({ value }) => value !== null && String(value).toLowerCase().startsWith(begins))
      .map(({ value, count: n }) => ({ text: `${quote(value)} `, from, to, note: count(n) }));
  }

  show(items) {
    this.items = items;
    this.chosen = -1;
    this.list.replaceChildren(...items.map((item, i) => el('li', { id: `suggestion-${i}`, role: 'option' },
      el('span', {}, plain(item.text.trim())), el('small', {}, item.note))));
    this.list.hidden = !items.length;
    this.input.setAttribute('aria-expanded', String(items.length > 0));
    this.mark();
  }

  mark() {
    [...this.list.children].forEach((option, i) => option.setAttribute('aria-selected', String(i === this.chosen)));
    if (this.chosen < 0) this.input.removeAttribute('aria-activedescendant');
    else this.input.setAttribute('aria-activedescendant', `suggestion-${this.chosen}`);
    this.list.children[this.chosen]?.scrollIntoView({ block: 'nearest' });
  }

  take({ text, from, to, goesOn }) {
    const { value } = this.input;
    this.input.value = value.slice(0, from) + text + value.slice(to).replace(/^ +(?=.)/, text.endsWith(' ') ? '' : ' ');
    this.input.setSelectionRange(from + text.length, from + text.length);
    this.input.focus();
    if (goesOn) this.offer();
    else this.close();
  }

  key(event) {
    if (event.key === 'ArrowDown' && this.list.hidden) {
      event.preventDefault();
      this.offer();
    } else if (this.list.hidden) {
      return;
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      // One place more than there are suggestions: that of what was typed.
      const places = this.items.length + 1;
      this.chosen = (this.chosen + 1 + (event.key === 'ArrowDown' ? 1 : places - 1)) % places - 1;
      this.mark();
    } else if (event.key === 'Escape') {
      event.stopPropagation();
      event.preventDefault();
      this.close();
    } else if ((event.key === 'Enter' || event.key === 'Tab') && this.chosen >= 0) {
      event.preventDefault();
      this.take(this.items[this.chosen]);
    } else if (event.key === 'Enter') {
      this.close();
    }
  }
}
