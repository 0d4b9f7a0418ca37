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
      if (stats.indices) this.drawIndices(stats);
      else if (stats.consumer) this.drawConsumer(stats);
      else this.draw(stats);
    } catch (error) {
      if (signal.aborted) return;
      this.root.replaceChildren(empty('The ledger cannot be read', error.message));
    }
    this.timer = setTimeout(() => this.load(), interval);
  }

  /** A search server has no ledger: what became of every record is told by the collectors that wrote to it. */
  drawIndices(stats) {
    this.root.replaceChildren(...[
      el('header', {}, el('h1', {}, 'Indices'),
        el('p', { class: 'faint' }, `${stats.server} at ${stats.address}, as of ${full(stats.time).slice(0, 19)}. The ledger of every record is on the pages of the collectors that write here.`)),
      table(`In ${stats.pattern}`, ['Index', 'Records', 'Bytes', 'Health'],
        [...stats.indices.map((index) => [index.name, index.records, index.bytes, index.health]), ['All', stats.records, stats.bytes, '']]),
    ].filter(Boolean));
  }

  /** A member of a consumer group: what it reads, how far it is, and what became of what it read. */
  drawConsumer({ consumer, time }) {
    const { output, partitions } = consumer;
    this.root.replaceChildren(...[
      el('header', {}, el('h1', {}, `Consumer of ${consumer.group}`),
        el('p', { class: 'faint' }, `Reads ${consumer.topics.join(', ')}${consumer.paused ? ', and waits for its output' : ''}, as of ${full(time).slice(0, 19)}.`)),
      el('div', { class: 'cards' },
        el('section', { class: 'card' }, el('h2', {}, 'Lag'), el('p', { class: 'figure' }, count(consumer.lag)),
          el('p', { class: 'faint' }, 'messages that are in Kafka and not safe yet')),
        listCard('Read', [['messages', consumer.messages], ['records', consumer.records], ['duplicates left out', consumer.duplicates]],
          [consumer.problem, refused(consumer)].filter(Boolean).join(' ')),
        listCard(`Output ${output.name}`, [['stored', output.stored], ['waiting', output.waiting]],
          [output.problem, refused(output)].filter(Boolean).join(' '))),
      partitions.length
        ? table('Partitions of this member', ['Topic', 'Partition', 'Read', 'Safe', 'End', 'Lag', 'Waiting'],
          partitions.map((one) => [one.topic, one.partition, one.read, one.safe, one.end, one.lag, one.waiting]))
        : el('p', { class: 'faint' }, 'The group has given this member no partition.'),
    ]);
  }

  draw(stats) {
    const total = stats.total;
    const lost = sumOf(stats.producers, 'lost') + stats.forgottenProducers.lost;
    const damaged = sumOf(stats.outputs, 'damaged');
    const parts = [
      el('header', {}, el('h1', {}, 'Ledger'),
        el('p', { class: 'faint' }, `What became of every record. ${stats.balanced ? 'All sums add up' : 'A sum does not add up'}, as of ${full(stats.time).slice(0, 19)}.`)),
      el('div', { class: 'cards' },
        sumCard('Intake', 'received', total.received,
          [['duplicates', total.duplicates], ['dropped', sum(total.dropped)], ['spooled', total.spooled]]),
        ...stats.outputs.map((output) => sumCard(`Output ${output.name}`, 'spooled', stats.position,
          ['before', 'stored', 'waiting', 'expired', 'damaged'].filter((name) => output[name] || name === 'stored' || name === 'waiting')
            .map((name) => [name, output[name]]), [output.problem, refused(output)].filter(Boolean).join(' '))),
        figureCard('Lost before they came', lost, 'Numbers that programs gave and that never arrived'),
        figureCard('Damaged on disk', damaged, 'Records in spool entries that could not be read')),
      drops(total.dropped),
      shed(stats.shedByLevel),
      mended(stats.inputs),
      table('By input', ['Input', 'Received', 'Duplicates', 'Dropped', 'Spooled'], stats.inputs.map(counts)),
      table('By program', ['Program', 'Received', 'Duplicates', 'Dropped', 'Spooled'], stats.sources.map(counts)),
      table('Programs that number their records', ['Program', 'Input', 'Produced', 'Received', 'Outstanding', 'Lost', 'Dropped by itself'],
        stats.producers.slice(0, 100).map((producer) => [producer.service || '(no name)', producer.input, producer.produced, producer.received,
          producer.outstanding, producer.lost, producer.droppedByLevel.reduce((a, b) => a + b, 0)])),
    ];
    this.root.replaceChildren(...parts.filter(Boolean));
  }
}

const refused = (output) => (output.rejected
  ? `${count(output.rejected)} refused for good, kept as dead letters: ${Object.entries(output.rejectedByReason).map(([reason, n]) => `${reason} ${count(n)}`).join(', ')}.`
  : '');
const sumOf = (list, name) => list.reduce((all, item) => all + item[name], 0);
const counts = (item) => [item.name || '(no name)', item.received, item.duplicates, sum(item.dropped), item.spooled];
const sum = (byName) => Object.values(byName ?? {}).reduce((a, b) => a + b, 0);

function sumCard(title, whole, expected, parts, problem) {
  const off = expected - parts.reduce((all, [, n]) => all + n, 0);
  return el('section', { class: 'card' }, el('h2', {}, title),
    el('dl', {}, ...parts.flatMap(([name, n]) => [el('dt', {}, name), el('dd', {}, count(n))]),
      el('dt', { class: 'sum' }, whole), el('dd', { class: 'sum' }, count(expected))),
    el('p', { class: off ? 'bad' : 'good' }, off ? `\u2717 off by ${count(off)}` : '\u2713 adds up'),
    problem ? el('p', { class: 'bad' }, plain(problem)) : null);
}

function listCard(title, parts, problem) {
  return el('section', { class: 'card' }, el('h2', {}, title),
    el('dl', {}, ...parts.flatMap(([name, n]) => [el('dt', {}, name), el('dd', {}, count(n))])),
    problem ? el('p', { class: 'bad' }, plain(problem)) : el('p', { class: 'good' }, '\u2713 no trouble'));
}

function figureCard(title, n, text) {
  return el('section', { class: 'card' }, el('h2', {}, title),
    el('p', { class: 'figure' }, count(n)), el('p', { class: n ? 'bad' : 'good' }, n ? text : '\u2713 none'));
}

function drops(byReason) {
  const rows = Object.entries(byReason ?? {}).filter(([, n]) => n > 0);
  return rows.length ? table('Dropped, by reason', ['Reason', 'Records'], rows) : null;
}

/** What a short disk cost, lowest level first: the more urgent ones are kept longest. */
function shed(byLevel) {
  const rows = Object.entries(byLevel ?? {}).filter(([, n]) => n > 0);
  return rows.length ? table('Dropped on a short disk, by level', ['Level', 'Records'], rows) : null;
}

function mended(inputs) {
  const rows = inputs.flatMap((input) => Object.entries(input.mended ?? {}).filter(([, n]) => n > 0).map(([reason, n]) => [input.name, reason, n]));
  return rows.length ? table('Mended when they came', ['Input', 'What was not right', 'Records'], rows) : null;
}

function table(title, heads, rows) {
  // What is not known yet stands where its number will.
  const isNumber = (value) => typeof value === 'number' || value === null;
  if (!rows.length) return null;
  return el('section', { class: 'sheet' }, el('h2', {}, title), el('table', {},
    el('thead', {}, el('tr', {}, ...heads.map((head, i) => el('th', { class: isNumber(rows[0][i]) ? 'number' : null, scope: 'col' }, head)))),
    el('tbody', {}, ...rows.map((row) => el('tr', {}, ...row.map((value) =>
      el('td', { class: isNumber(value) ? (value ? 'number' : 'number zero') : null }, value === null ? '\u2013' : isNumber(value) ? count(value) : plain(value))))))));
}
