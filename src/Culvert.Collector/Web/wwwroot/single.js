// One record by itself, open, among what came before and after it.
import { el, find, button, empty } from './dom.js';
import { json, stream } from './api.js';
import { keyOf, row, toggle } from './record.js';
import { full } from './time.js';

export class SingleView {
  constructor(actions, navigate) {
    this.root = find('record-view');
    this.actions = actions;
    this.navigate = navigate;
  }

  async show(state) {
    this.hide();
    this.abort = new AbortController();
    const { signal } = this.abort;
    this.root.replaceChildren(el('div', { class: 'progress' }));
    try {
      const record = await json(`/api/record/${state.record}`, {}, signal);
      const list = el('ol', { class: 'context' });
      const scope = state.scope === 'program' ? 'source' : '';
      this.root.replaceChildren(this.head(record, state), list);
      await stream(`/api/context/${state.record}`, { scope, count: 25 }, signal, (records) => {
        list.append(...records.map((each) => this.item(each, record)));
      });
      list.querySelector('.here')?.scrollIntoView({ block: 'center' });
    } catch (error) {
      if (signal.aborted) return;
      const title = error.status === 404 ? 'This record is not here' : 'The record cannot be shown';
      this.root.replaceChildren(empty(title, error.message, button('Back to the search', () => history.back())));
    }
  }

  hide() {
    this.abort?.abort();
  }

  head(record, state) {
    const scope = (name, label) => button(label, () => this.navigate({ ...state, scope: name }), { 'aria-pressed': String(state.scope === name) });
    return el('header', { class: 'single' },
      el('div', {}, el('h1', {}, `Record ${record.position}`), el('p', { class: 'faint' }, full(record.time))),
      el('div', { class: 'actions', role: 'group', 'aria-label': 'Around it' },
        scope('all', 'Of all programs'), record.service ? scope('program', `Of ${record.service}`) : null));
  }

  item(each, record) {
    const item = row(each, [], this.actions);
    item.querySelector('.row').addEventListener('keydown', (event) => {
      if (event.key === 'Enter') toggle(item, each, [], this.actions);
    });
    item.querySelector('.row').tabIndex = 0;
    if (keyOf(each) === keyOf(record)) {
      item.classList.add('here');
      toggle(item, each, [], this.actions, true);
    }
    return item;
  }
}
