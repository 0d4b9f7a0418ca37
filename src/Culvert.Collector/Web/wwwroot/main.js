// Puts the page together: the address decides what is shown, keys and buttons change the address.
import { find, el } from './dom.js';
import { address, read } from './state.js';
import { presets, rangeLabel } from './time.js';
import { remember, withFilter } from './query.js';
import { keyOf } from './record.js';
import { SearchView } from './search.js';
import { SingleView } from './single.js';
import { LedgerView } from './ledger.js';
import { Suggest } from './suggest.js';

let state = read();

function navigate(next, replace = false) {
  state = next;
  if (replace) history.replaceState(null, '', address(next));
  else if (address(next) !== location.pathname + location.search) history.pushState(null, '', address(next));
  render();
}

const actions = {
  filter(field, value, exclude) {
    navigate({ ...state, view: 'search', record: null, q: withFilter(state.q, field, value, exclude) });
  },
  open(event, record) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    navigate({ ...state, view: 'record', record: keyOf(record) });
  },
};

const views = {
  search: new SearchView(actions, navigate),
  record: new SingleView(actions, navigate),
  ledger: new LedgerView(),
};

function render() {
  for (const [name, view] of Object.entries(views)) {
    find(`${name}-view`).hidden = name !== state.view;
    if (name !== state.view) view.hide();
  }
  find('query').value = state.q;
  find('range-label').textContent = rangeLabel(state);
  find('live').setAttribute('aria-pressed', String(state.live && state.view === 'search'));
  find('ledger').setAttribute('aria-pressed', String(state.view === 'ledger'));
  document.title = state.view === 'record' ? `Record ${state.record} \u2013 Culvert` : state.q ? `${state.q} \u2013 Culvert` : 'Culvert';
  if (state.view !== 'search') scrollTo(0, 0);
  views[state.view].show(state);
}

function toggleLive() {
  const isLive = state.view === 'search' && state.live;
  navigate({ ...state, view: 'search', live: !isLive, from: '', to: '' });
}

function toggleTheme() {
  const root = document.documentElement;
  const isDark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset.theme = isDark ? 'light' : 'dark';
  localStorage.setItem('culvert-theme', root.dataset.theme);
}

function bindControls() {
  find('search').addEventListener('submit', (event) => {
    event.preventDefault();
    const q = find('query').value.trim();
    remember(q);
    navigate({ ...state, view: 'search', q });
  });
  find('live').addEventListener('click', toggleLive);
  find('ledger').addEventListener('click', () => navigate({ ...state, view: state.view === 'ledger' ? 'search' : 'ledger' }));
  find('theme').addEventListener('click', toggleTheme);
  find('show-facets').addEventListener('click', (event) => {
    const open = find('facets').classList.toggle('shown');
    event.currentTarget.setAttribute('aria-expanded', String(open));
  });
  find('presets').append(...presets.map(([name, label]) => el('button', {
    type: 'button', class: 'button',
    onclick: () => { find('range-menu').hidePopover(); navigate({ ...state, view: 'search', range: name, from: '', to: '' }); },
  }, label)));
  find('absolute').addEventListener('submit', (event) => {
    event.preventDefault();
    const bound = (id) => (find(id).value ? new Date(find(id).value).toISOString() : '');
    find('range-menu').hidePopover();
    navigate({ ...state, view: 'search', live: false, from: bound('from'), to: bound('to') });
  });
  document.querySelector('.brand').addEventListener('click', (event) => {
    if (event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    navigate(read(''));
  });
}

const keys = {
  '/': () => { find('query').focus(); find('query').select(); },
  j: () => views.search.results.move(1),
  k: () => views.search.results.move(-1),
  ArrowDown: () => views.search.results.move(1),
  ArrowUp: () => views.search.results.move(-1),
  l: toggleLive,
  p: () => { if (views.search.tail.running) views.search.tail.pause(!views.search.tail.paused); },
  '-': () => views.search.zoomOut(),
  '?': () => find('keys').togglePopover(),
};

function onKey(event) {
  const target = event.target;
  const isTyping = target.matches?.('input, select, textarea');
  if (event.key === 'Escape') {
    if (isTyping) target.blur();
    else if (document.querySelector('[popover]:popover-open')) return;
    else if (state.view === 'search') views.search.results.close();
    else history.back();
    return;
  }
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  if ((event.key === 'Enter' || event.key === ' ') && target.matches?.('#list .row')) {
    event.preventDefault();
    views.search.results.toggle();
    return;
  }
  const isArrow = event.key.startsWith('Arrow');
  if (isArrow && !target.closest?.('#list')) return;
  if (!keys[event.key] || (state.view !== 'search' && !'/l?'.includes(event.key))) return;
  event.preventDefault();
  keys[event.key]();
}

bindControls();
new Suggest({ bounds: () => views.search.bounds ?? {}, fields: () => views.search.facets.fields });
addEventListener('keydown', onKey);
addEventListener('popstate', () => { state = read(); render(); });
render();
