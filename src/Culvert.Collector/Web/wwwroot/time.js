// Times on the page: shown in the reader's zone, sent as RFC 3339 in UTC.

export const presets = [
  ['5m', 'Last 5 minutes'], ['15m', 'Last 15 minutes'], ['1h', 'Last hour'], ['6h', 'Last 6 hours'],
  ['24h', 'Last day'], ['7d', 'Last 7 days'], ['all', 'Everything'],
];

const units = { m: 60e3, h: 3600e3, d: 86400e3 };
export const durationMs = (preset) => Number.parseInt(preset, 10) * units[preset.at(-1)];

/** The bounds of what is shown, as sent: from is part of it, to is not. A relative range is open towards now. */
export function bounds(state, now = Date.now()) {
  if (state.from || state.to) return { from: state.from, to: state.to };
  if (state.range === 'all') return {};
  return { from: new Date(now - durationMs(state.range)).toISOString() };
}

const pad = (n, width = 2) => String(n).padStart(width, '0');

export function clock(iso) {
  const t = new Date(iso);
  return `${pad(t.getHours())}:${pad(t.getMinutes())}:${pad(t.getSeconds())}.${pad(t.getMilliseconds(), 3)}`;
}

export function day(iso) {
  const t = new Date(iso);
  return `${t.getFullYear()}-${pad(t.getMonth() + 1)}-${pad(t.getDate())}`;
}

export const full = (iso) => `${day(iso)} ${clock(iso)}`;

/** For an input of type datetime-local. */
export const local = (iso) => (iso ? `${day(iso)}T${clock(iso).slice(0, 8)}` : '');

export function rangeLabel(state) {
  if (!state.from && !state.to) return presets.find(([name]) => name === state.range)?.[1] ?? `Last ${state.range}`;
  const short = (iso) => full(iso).slice(0, 19);
  if (!state.to) return `Since ${short(state.from)}`;
  if (!state.from) return `Until ${short(state.to)}`;
  const sameDay = day(state.from) === day(state.to);
  return `${short(state.from)} \u2013 ${sameDay ? clock(state.to).slice(0, 8) : short(state.to)}`;
}

export function axisLabel(ms, spanMs) {
  const iso = new Date(ms).toISOString();
  if (spanMs > 3 * 86400e3) return day(iso).slice(5);
  if (spanMs > 86400e3) return `${day(iso).slice(5)} ${clock(iso).slice(0, 5)}`;
  return spanMs < 120e3 ? clock(iso).slice(0, 8) : clock(iso).slice(0, 5);
}

const steps = [1e3, 5e3, 10e3, 30e3, 60e3, 300e3, 600e3, 1800e3, 3600e3, 10800e3, 21600e3, 43200e3, 86400e3, 172800e3, 604800e3];

/** Round times between two others, in the reader's zone. */
export function ticks(fromMs, toMs, most) {
  const step = steps.find((s) => (toMs - fromMs) / s <= most) ?? (toMs - fromMs) / most;
  const zone = new Date(fromMs).getTimezoneOffset() * 60e3;
  const list = [];
  for (let t = Math.ceil((fromMs - zone) / step) * step + zone; t < toMs; t += step) list.push(t);
  return list;
}
