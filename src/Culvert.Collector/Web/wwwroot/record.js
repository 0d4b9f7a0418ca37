// One record: its row in the list, and all of it when it is open.
import { el, button, copy } from './dom.js';
import { rich, plain } from './text.js';
import { known, shortName } from './levels.js';
import { clock, day, full } from './time.js';

const rowLength = 600;

/** What tells a record from all others: the id where several collectors write, else its position. */
export const keyOf = (record) => record.id ?? String(record.position);

/** The row: a line that opens. `actions` are what its values can do: filter, open. */
export function row(record, terms, actions) {
  const level = known(record.level);
  const line = el('div', {
    class: 'row', role: 'button', tabindex: '-1', 'aria-expanded': 'false',
    onclick: () => { if (getSelection().isCollapsed) toggle(item, record, terms, actions); },
  },
  el('time', { datetime: record.time, title: full(record.time) },
    day(record.time) === day(new Date().toISOString()) ? null : el('span', { class: 'date' }, day(record.time).slice(5)), clock(record.time)),
  el('span', { class: `level level-${level}` }, shortName(record.level)),
  el('span', { class: 'service', title: record.service }, record.service || record.origin?.input || ''),
  el('span', { class: 'body' }, ...rich(firstLine(record.body), terms)));
  const item = el('li', { 'data-key': keyOf(record), class: `record level-${level}` }, line);
  return item;
}

export function toggle(item, record, terms, actions, open = !item.classList.contains('open')) {
  item.classList.toggle('open', open);
  item.querySelector('.row').setAttribute('aria-expanded', String(open));
  item.querySelector('.detail')?.remove();
  if (open) item.append(detail(record, terms, actions));
}

export function detail(record, terms, actions) {
  const parts = [
    el('div', { class: 'actions' },
      button('Copy text', () => copy(asText(record), 'Text')),
      button('Copy JSON', () => copy(JSON.stringify(record, null, 2), 'JSON')),
      el('a', { class: 'button small', href: `/?record=${keyOf(record)}`, onclick: (event) => actions.open(event, record) }, 'Link and context')),
    el('pre', { class: 'whole' }, ...rich(record.body ?? '', terms)),
  ];
  const about = { level: record.level };
  for (const [name, value] of Object.entries({ logger: record.logger, event: record.event, template: record.template })) {
    if (value) about[name] = value;
  }
  if (record.trace) about.trace = record.trace;
  if (record.span) about.span = record.span;
  parts.push(table('Record', about, actions, ''));
  parts.push(table('Attributes', record.attributes, actions, ''));
  parts.push(table('Resource, as the program says', record.resource, actions, 'resource.'));
  parts.push(table('Origin, as the collector saw', record.origin, actions, 'origin.'));
  parts.push(el('p', { class: 'faint' }, `Record ${record.position} \u00b7 ${record.time} \u00b7 received ${record.observed ?? record.time}`));
  return el('div', { class: 'detail' }, ...parts);
}

function table(title, fields, actions, prefix) {
  const entries = Object.entries(fields ?? {});
  if (!entries.length) return null;
  return el('section', { class: 'fields' }, el('h3', {}, title), el('dl', {},
    ...entries.flatMap(([name, value]) => [
      el('dt', {}, plain(name)),
      el('dd', {}, valueNode(value), ...(simple(value) ? filters(prefix + name, value, actions) : [])),
    ])));
}

function filters(field, value, actions) {
  const shown = plain(String(value)).slice(0, 60);
  return [el('span', { class: 'filters' },
    button('+', () => actions.filter(field, value, false), { title: 'Only records with this value', 'aria-label': `Only ${field} ${shown}` }),
    button('\u2212', () => actions.filter(field, value, true), { title: 'Without records with this value', 'aria-label': `Without ${field} ${shown}` }))];
}

function valueNode(value) {
  if (typeof value === 'string') {
    return value.includes('\n') ? el('pre', {}, ...rich(value)) : el('span', { class: 'value' }, ...rich(value));
  }
  return el('span', { class: 'value other' }, plain(typeof value === 'object' ? JSON.stringify(value) : String(value)));
}

// A value that is long is no value to filter by: its words can be searched for.
const simple = (value) => typeof value !== 'object' && String(value).length <= 200 && !String(value).includes('\n');

const firstLine = (body = '') => {
  const end = body.indexOf('\n');
  const line = end < 0 ? body : `${body.slice(0, end)} \u23ce`;
  return line.length > rowLength ? `${line.slice(0, rowLength)}\u2026` : line;
};

export const asText = (record) =>
  `${record.time} ${shortName(record.level)} ${record.service ? `${record.service}: ` : ''}${plain(record.body ?? '')}`;
