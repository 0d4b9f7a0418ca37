// Records over time, stacked by level. Drag to zoom, click a bar to see its records alone.
import { svg, el, find, count, plural } from './dom.js';
import { levels, longName } from './levels.js';
import { axisLabel, ticks, full, clock } from './time.js';

const height = 96;
const axis = 18;

export class Histogram {
  constructor(onZoom, onLevel) {
    this.root = find('histogram');
    this.tip = find('histogram-tip');
    this.legend = find('legend');
    this.onZoom = onZoom;
    this.onLevel = onLevel;
    this.data = null;
    this.drag = null;
    this.root.addEventListener('pointerdown', (event) => this.begin(event));
    this.root.addEventListener('pointermove', (event) => this.move(event));
    this.root.addEventListener('pointerup', (event) => this.end(event));
    this.root.addEventListener('pointercancel', () => this.cancel());
    this.root.addEventListener('pointerleave', () => { this.tip.hidden = true; });
    new ResizeObserver(() => this.draw()).observe(this.root);
  }

  show(data) {
    this.data = data;
    this.draw();
    this.drawLegend();
  }

  cancel() {
    this.drag = null;
    this.root.querySelector('.selection')?.remove();
  }

  draw() {
    const width = this.root.clientWidth;
    this.root.replaceChildren();
    if (!this.data || !width) return;
    this.root.setAttribute('viewBox', `0 0 ${width} ${height + axis}`);
    const { fromMs, toMs, buckets } = this.data;
    const tallest = Math.max(1, ...buckets.map((bucket) => bucket.total));
    this.drawAxis(width, fromMs, toMs, tallest);
    const step = width / buckets.length;
    const gap = step > 6 ? 1.5 : step > 3 ? 0.75 : 0;
    buckets.forEach((bucket, i) => {
      let y = height;
      for (const level of levels) {
        const n = bucket.levels[level] ?? 0;
        if (!n) continue;
        const h = Math.max(1.5, (n / tallest) * (height - 12));
        y -= h;
        this.root.append(svg('rect', {
          class: `bar level-${level}`, x: (i * step + gap / 2).toFixed(2), y: Math.max(0, y).toFixed(2),
          width: Math.max(0.6, step - gap).toFixed(2), height: h.toFixed(2),
        }));
      }
    });
    const sum = buckets.reduce((n, bucket) => n + bucket.total, 0);
    this.root.setAttribute('aria-label', `${plural(sum, 'record')} from ${full(new Date(fromMs).toISOString())} to ${full(new Date(toMs).toISOString())}`);
  }

  drawAxis(width, fromMs, toMs, tallest) {
    this.root.append(svg('line', { class: 'axis', x1: 0, x2: width, y1: height + 0.5, y2: height + 0.5 }));
    for (const t of ticks(fromMs, toMs, Math.max(2, width / 110))) {
      const x = ((t - fromMs) / (toMs - fromMs)) * width;
      if (x < 24 || x > width - 24) continue;
      const label = svg('text', { x: x.toFixed(1), y: height + 14, 'text-anchor': 'middle' });
      label.textContent = axisLabel(t, toMs - fromMs);
      this.root.append(svg('line', { class: 'tick', x1: x, x2: x, y1: height, y2: height + 4 }), label);
    }
    if (!this.data.buckets.some((bucket) => bucket.total)) return;
    const top = svg('text', { class: 'top', x: width - 2, y: 9, 'text-anchor': 'end' });
    top.textContent = count(tallest);
    this.root.append(top);
  }

  drawLegend() {
    const sums = Object.fromEntries(levels.map((level) => [level, 0]));
    for (const bucket of this.data.buckets) for (const level of levels) sums[level] += bucket.levels[level] ?? 0;
    this.legend.replaceChildren(...levels.filter((level) => sums[level]).map((level) =>
      el('button', { type: 'button', class: `key level-${level}`, title: `Only ${longName(level)}`, onclick: () => this.onLevel(level) },
        el('i', {}), longName(level), el('b', {}, count(sums[level])))));
  }

  at(event) {
    const box = this.root.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    const index = Math.min(this.data.buckets.length - 1, Math.floor(share * this.data.buckets.length));
    return { x: share * box.width, share, index };
  }

  timeAt(share) {
    return this.data.fromMs + share * (this.data.toMs - this.data.fromMs);
  }

  begin(event) {
    if (!this.data || event.button !== 0) return;
    this.root.setPointerCapture(event.pointerId);
    this.drag = this.at(event);
    this.selection = svg('rect', { class: 'selection', x: this.drag.x, y: 0, width: 0, height });
    this.root.append(this.selection);
  }

  move(event) {
    if (!this.data) return;
    const here = this.at(event);
    if (this.drag) {
      this.selection.setAttribute('x', Math.min(here.x, this.drag.x));
      this.selection.setAttribute('width', Math.abs(here.x - this.drag.x));
    }
    this.showTip(here);
  }

  end(event) {
    if (!this.drag) return;
    const begun = this.drag;
    const here = this.at(event);
    this.cancel();
    const width = 1 / this.data.buckets.length;
    const isClick = Math.abs(here.x - begun.x) < 4;
    const from = isClick ? here.index * width : Math.min(begun.share, here.share);
    const to = isClick ? (here.index + 1) * width : Math.max(begun.share, here.share);
    this.onZoom(this.timeAt(from), Math.max(this.timeAt(to), this.timeAt(from) + 1));
  }

  showTip({ index, x }) {
    const bucket = this.data.buckets[index];
    const width = this.data.toMs - this.data.fromMs;
    const begin = new Date(this.data.fromMs + (width * index) / this.data.buckets.length).toISOString();
    const rows = levels.filter((level) => bucket.levels[level]).map((level) =>
      el('span', { class: `level-${level}` }, el('i', {}), longName(level), el('b', {}, count(bucket.levels[level]))));
    this.tip.replaceChildren(el('strong', {}, width > 86400e3 ? full(begin).slice(0, 16) : clock(begin)), ...rows);
    if (!rows.length) this.tip.append('nothing');
    this.tip.hidden = false;
    const room = this.root.clientWidth - this.tip.offsetWidth;
    this.tip.style.left = `${Math.max(0, Math.min(room, x + 12 > room ? x - this.tip.offsetWidth - 12 : x + 12))}px`;
  }
}
