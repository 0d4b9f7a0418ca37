// The list of records, newest first. Rows that are out of sight cost nothing: the style sheet gives them
// content-visibility, so tens of thousands stay smooth without a list of our own that draws them.
import { el, find } from './dom.js';
import { keyOf, row, toggle } from './record.js';

const liveRowsMax = 2000;

export class ResultList {
  constructor(actions, onEnd) {
    this.list = find('list');
    this.end = find('end');
    this.actions = actions;
    this.terms = [];
    this.records = new Map();
    this.list.addEventListener('focusin', (event) => this.mark(event.target.closest('.record')));
    this.watch = new IntersectionObserver((entries) => { if (entries.some((entry) => entry.isIntersecting)) onEnd(); }, { rootMargin: '600px' });
  }

  /** Tells when the end is in sight, also when it was there before: a page of short rows may leave it there. */
  watchEnd() {
    this.watch.unobserve(this.end);
    this.watch.observe(this.end);
  }

  clear(terms) {
    this.terms = terms;
    this.records.clear();
    this.current = null;
    this.list.replaceChildren();
    this.end.replaceChildren();
  }

  get size() {
    return this.records.size;
  }

  append(records) {
    this.list.append(...records.map((record) => this.make(record)));
    this.enter();
  }

  /** Puts new records on top, newest first; the oldest leave when there are too many. */
  prepend(records) {
    // A tail that comes back may give once more what is here already.
    const fresh = records.filter((record) => !this.records.has(keyOf(record)));
    this.list.prepend(...fresh.map((record) => this.make(record)).reverse());
    while (this.records.size > liveRowsMax) {
      const last = this.list.lastElementChild;
      this.records.delete(last.dataset.key);
      last.remove();
    }
    this.enter();
  }

  make(record) {
    this.records.set(keyOf(record), record);
    return row(record, this.terms, this.actions);
  }

  /** One row can be reached with Tab; from there the arrows lead on. */
  enter() {
    if (!this.current?.isConnected && this.list.firstElementChild) {
      this.current = this.list.firstElementChild;
      this.current.querySelector('.row').tabIndex = 0;
    }
  }

  mark(item) {
    if (!item) return;
    if (this.current && this.current !== item) this.current.querySelector('.row').tabIndex = -1;
    this.current = item;
    item.querySelector('.row').tabIndex = 0;
  }

  move(step) {
    const focused = document.activeElement?.closest?.('.record');
    const next = !focused ? this.current ?? this.list.firstElementChild
      : step > 0 ? focused.nextElementSibling : focused.previousElementSibling;
    if (!next) return;
    next.querySelector('.row').focus({ preventScroll: true });
    next.scrollIntoView({ block: 'nearest' });
  }

  toggle() {
    const item = document.activeElement?.closest?.('.record');
    if (item && this.list.contains(item)) toggle(item, this.records.get(item.dataset.key), this.terms, this.actions);
  }

  /** Closes the record that is open where the focus is; false when there is none. */
  close() {
    const item = document.activeElement?.closest?.('.record.open') ?? this.list.querySelector('.record.open');
    if (!item) return false;
    toggle(item, this.records.get(item.dataset.key), this.terms, this.actions, false);
    item.querySelector('.row').focus();
    return true;
  }

  say(...nodes) {
    this.end.replaceChildren(...nodes.map((node) => (typeof node === 'string' ? el('p', { class: 'faint' }, node) : node)));
  }
}
