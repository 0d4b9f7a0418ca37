// The ledger: what became of every record, with sums that are shown to add up.
import { el, find, count, empty } from './dom.js';
import { json } from './api.js';
import { full } from './time.js';
import { plain } from './text.js';

const interval = 2000;

export class LedgerView {
  constructor() {
    this.root = find('ledger-view');
  }

  show() {
    this.hide();
    this.abort = new AbortController();
    this.load();
  }

  hide() {
    this.abort?.abort();
    clearTimeout(this.timer);
  }

  async load() {
    const { signal } = this.abort;
    try {
      const stats = await json('/api/stats', {}, signal);
      if (signal.aborted) return;
      this.draw(stats);
    } catch (error) {
      if (signal.aborted) return;
      this.root.replaceChildren(empty('The ledger cannot be read', error.message));
    }
    this.timer = setTimeout(() => this.load(), interval);
  }

  draw(stats) {
    const total = stats.total;
    const dropped = sum(total.dropped);
    const outputs = stats.outputs.map((output) => sumCard(
      `Output ${output.name}`, 'spooled', output.stored + output.waiting + output.expired, stats.total.spooled,
      [['stored', output.stored], ['waiting', output.waiting], ['expired', output.expired]]));
    this.root.replaceChildren(
      el('h1', {}, 'Ledger'),
      el('p', { class: 'faint' }, `What became of every record. As of ${full(stats.time)}.`),
      el('div', { class: 'cards' },
        sumCard('Intake', 'received', total.duplicates + dropped + total.spooled, total.received,
          [['duplicates', total.duplicates], ['dropped', dropped], ['spooled', total.spooled]]),
        ...outputs,
        figureCard('Lost before they came', stats.lost, 'Numbers that programs gave and that never arrived'),
        figureCard('Damaged on disk', stats.damaged, 'Records in spool entries that could not be read')),
      drops(total.dropped),
      table('By input', ['Input', 'Received', 'Duplicates', 'Dropped', 'Spooled'], stats.inputs.map((input) =>
        [input.name, input.received, input.duplicates, sum(input.dropped), input.spooled])),
      table('By program', ['Program', 'Input', 'Received', 'Duplicates', 'Dropped', 'Spooled', 'Lost', 'Dropped by itself'],
        stats.programs.map((program) => [program.service || '(no name)', program.input, program.received, program.duplicates,
          sum(program.dropped), program.spooled, program.lost, program.droppedByItself])));
  }
}

const sum = (byName) => Object.values(byName ?? {}).reduce((a, b) => a + b, 0);

function sumCard(title, whole, added, expected, parts) {
  const right = added === expected;
  return el('section', { class: 'card' }, el('h2', {}, title),
    el('dl', {}, ...parts.flatMap(([name, n]) => [el('dt', {}, name), el('dd', {}, count(n))]),
      el('dt', { class: 'sum' }, whole), el('dd', { class: 'sum' }, count(expected))),
    el('p', { class: right ? 'good' : 'bad' }, right ? '\u2713 adds up' : `\u2717 off by ${count(expected - added)}`));
}

function figureCard(title, n, text) {
  return el('section', { class: 'card' }, el('h2', {}, title),
    el('p', { class: 'figure' }, count(n)), el('p', { class: n ? 'bad' : 'good' }, n ? text : '\u2713 none'));
}

function drops(byReason) {
  const rows = Object.entries(byReason ?? {}).filter(([, n]) => n > 0);
  return rows.length ? table('Dropped, by reason', ['Reason', 'Records'], rows) : null;
}

function table(title, heads, rows) {
  const isNumber = (value) => typeof value === 'number';
  if (!rows.length) return el('div', {});
  return el('section', { class: 'sheet' }, el('h2', {}, title), el('table', {},
    el('thead', {}, el('tr', {}, ...heads.map((head, i) => el('th', { class: isNumber(rows[0][i]) ? 'number' : null, scope: 'col' }, head)))),
    el('tbody', {}, ...rows.map((row) => el('tr', {}, ...row.map((value) =>
      el('td', { class: isNumber(value) ? (value ? 'number' : 'number zero') : null }, isNumber(value) ? count(value) : plain(value))))))));
}
