// The search view: asks for records, histogram and fields at once, and shows each as it comes.
import { find, button, count, plural, empty } from './dom.js';
import { json, stream, url } from './api.js';
import { bounds, local, rangeLabel, presets, durationMs } from './time.js';
import { terms } from './query.js';
import { Histogram } from './histogram.js';
import { ResultList } from './results.js';
import { Facets } from './facets.js';
import { Tail } from './tail.js';

const pageSize = 200;
const refreshMs = 5000;

export class SearchView {
  constructor(actions, navigate) {
    this.navigate = navigate;
    this.histogram = new Histogram(
      (fromMs, toMs) => navigate({ ...this.state, live: false, from: iso(fromMs), to: iso(toMs) }),
      (level) => actions.filter('level', level, false));
    this.results = new ResultList(actions, () => this.more());
    this.facets = new Facets(actions.filter);
    this.tail = new Tail(this.results, () => this.tellTail());
    find('cancel').addEventListener('click', () => this.cancel());
    find('hold').addEventListener('click', () => this.tail.pause(!this.tail.paused));
    find('zoom-out').addEventListener('click', () => this.zoomOut());
  }

  async show(state) {
    this.hide();
    this.state = state;
    this.bounds = bounds(state);
    this.abort = new AbortController();
    this.next = this.total = this.tookMs = null;
    this.loading = true;
    this.results.clear(terms(state.q));
    this.note([]);
    this.links();
    find('hold').hidden = !state.live;
    this.busy(true);
    const view = find('search-view');
    const mine = this.abort;
    view.setAttribute('aria-busy', 'true');
    await Promise.all([this.search(), this.chart(), this.fields()]);
    if (this.abort === mine) view.setAttribute('aria-busy', 'false');
  }

  hide() {
    this.abort?.abort();
    this.tail.stop();
    clearTimeout(this.refresh);
    this.busy(false);
  }

  async search() {
    const { signal } = this.abort;
    try {
      const summary = await this.page(signal);
      this.tookMs = summary.ms;
      this.tellFound();
      this.note(summary.notes);
      if (!this.results.size && !this.state.live) this.nothing();
      if (this.state.live) this.tail.start(this.state.q, summary.end);
    } catch (error) {
      this.fail(error, signal);
    } finally {
      if (!signal.aborted) this.busy(false);
    }
  }

  async page(signal) {
    this.loading = true;
    const before = this.next;
    this.next = null;
    const summary = await stream('/api/search', { q: this.state.q, ...this.bounds, limit: pageSize, before }, signal,
      (records) => { if (!signal.aborted) this.results.append(records); });
    this.next = summary.next ?? null;
    this.loading = false;
    this.results.watchEnd();
    if (!this.next && this.results.size) this.results.say('That is all there is in this time.');
    return summary;
  }

  /** Called when the end of the list comes into sight. */
  async more() {
    if (this.loading || !this.next) return;
    const { signal } = this.abort;
    try {
      await this.page(signal);
      this.tellFound();
    } catch (error) {
      this.fail(error, signal);
    }
  }

  async chart() {
    const { signal } = this.abort;
    const range = this.state.live ? bounds(this.state) : this.bounds;
    try {
      const data = await json('/api/histogram', { q: this.state.q, ...range, buckets: innerWidth < 700 ? 60 : 120 }, signal);
      if (!this.histogram.drag) this.histogram.show(withTotals(data));
      this.total = data.total;
      this.tellFound();
    } catch (error) {
      this.fail(error, signal);
    }
    // While live the bars move on, but a range that someone chose stays as it is.
    if (this.state.live && !signal.aborted) this.refresh = setTimeout(() => this.chart(), refreshMs);
  }

  async fields() {
    const { signal } = this.abort;
    try {
      this.facets.show(await json('/api/fields', { q: this.state.q, ...this.bounds }, signal));
    } catch (error) {
      this.fail(error, signal);
    }
  }

  cancel() {
    this.abort.abort();
    this.busy(false);
    this.tell('Cancelled');
    this.results.say(this.results.size ? 'Cancelled; there may be more.' : '');
  }

  zoomOut() {
    const now = Date.now();
    const { from, to } = this.bounds;
    if (!this.state.from && !this.state.to) {
      const wider = presets.find(([name]) => name === 'all' || durationMs(name) > durationMs(this.state.range));
      this.navigate({ ...this.state, range: this.state.range === 'all' ? 'all' : wider[0] });
      return;
    }
    const end = to ? Date.parse(to) : now;
    const begin = from ? Date.parse(from) : end - 3600e3;
    const half = (end - begin) / 2;
    this.navigate({ ...this.state, from: iso(begin - half), to: end + half >= now ? '' : iso(end + half) });
  }

  busy(on) {
    clearTimeout(this.slow);
    // What is quick needs no sign of waiting; it would only flicker.
    if (on) this.slow = setTimeout(() => { find('progress').hidden = false; find('cancel').hidden = false; }, 200);
    else find('progress').hidden = find('cancel').hidden = true;
  }

  nothing() {
    this.results.say(empty('Nothing found', `No record matches in this time: ${rangeLabel(this.state).replace(/^[LE]/, (c) => c.toLowerCase())}.`,
      button('Search everything', () => this.navigate({ ...this.state, range: 'all', from: '', to: '' })),
      ...(this.state.q ? [button('Without the query', () => this.navigate({ ...this.state, q: '' }))] : [])));
  }

  fail(error, signal) {
    if (signal.aborted) return;
    if (error.status === 404) {
      // A consumer that writes elsewhere has nothing to search in: what it does is its ledger.
      this.navigate({ ...this.state, view: 'ledger' }, true);
      return;
    }
    this.tell('');
    this.results.say(empty('That did not work', error.message, button('Try again', () => this.show(this.state))));
  }

  tell(text) {
    find('summary').textContent = text;
  }

  /** Count and figures come with different answers, in any order. */
  tellFound() {
    if (this.state.live || this.tookMs === null) return;
    const shown = this.results.size;
    const all = this.total === null ? '' : ` of ${count(this.total)}`;
    this.tell(`${this.next ? `The newest ${count(shown)}${all}` : plural(shown, 'record')} \u00b7 ${count(Math.ceil(this.tookMs))} ms`);
  }

  tellTail() {
    const { paused, connected, skipped } = this.tail;
    const how = !connected ? 'Connecting \u2026' : paused ? 'Paused' : 'Following';
    this.tell(skipped ? `${how} \u00b7 ${plural(skipped, 'record')} left out, too many to show` : how);
    find('hold').textContent = paused ? 'Go on' : 'Pause';
    find('hold').setAttribute('aria-pressed', String(paused));
  }

  note(notes = []) {
    const box = find('note');
    box.textContent = notes.map((note) => note.message).join(' ');
    box.hidden = notes.length === 0;
  }

  links() {
    for (const link of document.querySelectorAll('#download-menu a')) {
      link.href = url('/api/export', { q: this.state.q, ...this.bounds, format: link.dataset.format });
    }
    find('from').value = local(this.bounds.from);
    find('to').value = local(this.bounds.to);
  }
}

const iso = (ms) => new Date(Math.round(ms)).toISOString();

function withTotals(data) {
  const buckets = data.buckets.map((levels) => ({ levels, total: Object.values(levels).reduce((a, b) => a + b, 0) }));
  return { fromMs: Date.parse(data.from), toMs: Date.parse(data.to), buckets };
}
