// The live tail: new records as they come, held back while someone reads.
import { parse, url } from './api.js';
import { count, find } from './dom.js';

const heldMax = 5000;

export class Tail {
  constructor(results, onStatus) {
    this.results = results;
    this.onStatus = onStatus;
    this.pill = find('pill');
    this.pill.addEventListener('click', () => this.release());
    this.source = null;
    this.paused = false;
    addEventListener('scroll', () => { if (this.source && this.atTop() && !this.paused) this.flush(); }, { passive: true });
  }

  get running() {
    return this.source !== null;
  }

  /** Follows from a position on. The browser reconnects by itself with the last one it saw, so no record is missed. */
  start(query, cursor) {
    this.stop();
    this.waiting = [];
    this.skipped = 0;
    this.left = 0;
    this.source = new EventSource(url('/api/tail', { q: query, cursor }));
    this.source.addEventListener('record', (event) => this.take(parse(event.data)));
    this.source.addEventListener('skipped', (event) => { this.skipped += JSON.parse(event.data).count; this.onStatus(this); });
    this.source.onopen = () => { this.connected = true; this.onStatus(this); };
    this.source.onerror = () => { this.connected = false; this.onStatus(this); };
  }

  stop() {
    this.source?.close();
    this.source = null;
    this.connected = false;
    this.paused = false;
    this.waiting = [];
    this.pill.hidden = true;
  }

  pause(paused) {
    this.paused = paused;
    if (!paused) this.release();
    this.onStatus(this);
  }

  atTop() {
    return scrollY < 8;
  }

  take(record) {
    this.waiting.push(record);
    if (this.waiting.length > heldMax) {
      this.left += this.waiting.length - heldMax;
      this.waiting.splice(0, this.waiting.length - heldMax);
    }
    if (this.scheduled) return;
    this.scheduled = true;
    // One drawing for all that came since the last.
    setTimeout(() => { this.scheduled = false; this.arrived(); }, 100);
  }

  arrived() {
    if (!this.source) return;
    const isRead = this.paused || !this.atTop() || document.querySelector('#list .record.open');
    if (!isRead) { this.flush(); return; }
    const n = this.waiting.length + this.left;
    this.pill.textContent = `${count(n)} new`;
    this.pill.hidden = n === 0;
  }

  flush() {
    if (this.waiting.length) this.results.prepend(this.waiting);
    this.skipped += this.left;
    this.left = 0;
    this.waiting = [];
    this.pill.hidden = true;
    this.onStatus(this);
  }

  release() {
    this.paused = false;
    scrollTo({ top: 0 });
    this.flush();
  }
}
