// A plain script in the head, so that the page never flashes in the wrong colours.
const kept = localStorage.getItem('culvert-theme');
if (kept) document.documentElement.dataset.theme = kept;
