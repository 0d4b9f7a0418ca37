// The six levels, and how the page names and orders them. Colours are in style.css, as --level-NAME; they differ in
// lightness as well as in hue, so that they can be told apart without seeing colours.

export const levels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'none'];

const short = { fatal: 'FTL', error: 'ERR', warn: 'WRN', info: 'INF', debug: 'DBG', trace: 'TRC', none: '\u2014' };
export const shortName = (level) => short[known(level)];
export const longName = (level) => (known(level) === 'none' ? 'no level' : level);

/** The level's name, or none. The collector also knows steps such as warn2; the page shows the level alone. */
export function known(level) {
  const name = String(level ?? '').toLowerCase().replace(/\d+$/, '');
  return short[name] ? name : 'none';
}
