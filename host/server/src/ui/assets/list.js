// Lists: a row opens from anywhere in it, J and K walk the rows, heads sort by several columns, and groups open in place.

const links = () => [...document.querySelectorAll('[data-list] td.name > a')];

document.querySelector('[data-list]')?.addEventListener('click', (event) => {
  const row = event.target.closest('tr[data-href]');
  if (!row || event.target.closest('a, button, input, select, textarea, summary, label, form') || String(getSelection())) return;
  // A cell that can be changed waits for the second click; the others lead to the record.
  if (event.target.closest('td[data-cell]')) return;
  if (event.ctrlKey || event.metaKey) open(row.dataset.href, '_blank', 'noopener');
  else location.assign(row.dataset.href);
});

addEventListener('keydown', (event) => {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.('input, select, textarea')) return;
  const step = { j: 1, k: -1 }[event.key];
  const all = step ? links() : [];
  if (!all.length) return;
  const now = all.indexOf(document.activeElement);
  all[now < 0 ? 0 : Math.min(Math.max(now + step, 0), all.length - 1)].focus();
  event.preventDefault();
});

// Rows that are chosen to be changed together.
const chooseAll = document.querySelector('[data-choose-all]');
if (chooseAll) {
  const boxes = [...document.querySelectorAll('td.box input')];
  const all = document.querySelector('.bulk [name="all"]');
  const said = document.querySelector('[data-chosen]');
  const fit = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    chooseAll.checked = chosen === boxes.length;
    chooseAll.indeterminate = chosen > 0 && chosen < boxes.length;
    // "All that match" is offered with the rows in sight, and goes with them.
    if (all && chosen === 0) all.checked = false;
    if (said) said.textContent = said.dataset.chosen.replace('{count}', chosen);
  };
  chooseAll.addEventListener('change', () => {
    for (const box of boxes) box.checked = chooseAll.checked;
    fit();
  });
  for (const box of boxes) box.addEventListener('change', fit);
  addEventListener('pageshow', fit);
  fit();
}

// A click with Shift sorts within the order in force.
document.querySelector('[data-list] thead')?.addEventListener('click', (event) => {
  const link = event.target.closest('a[data-also]');
  if (!link || !event.shiftKey) return;
  event.preventDefault();
  location.assign(link.dataset.also);
});

// Groups open and close in place: an open one is taken from the page that the link leads to.
document.querySelector('[data-list]')?.addEventListener('click', async (event) => {
  const link = event.target.closest('a[data-toggle]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const group = link.closest('tbody');
  try {
    const answer = await fetch(link.href, { credentials: 'same-origin', headers: { accept: 'text/html' } });
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const others = [...fresh.querySelectorAll('[data-list] tbody[data-group]')];
    const own = fresh.getElementById(group.id);
    if (!answer.ok || !own) throw new Error('no such group');
    // Every head leads on from what is open now.
    for (const each of others) {
      const mine = each === own ? null : document.querySelector(`#${each.id} a[data-toggle]`);
      if (mine) mine.href = each.querySelector('a[data-toggle]').getAttribute('href');
    }
    history.replaceState(null, '', link.href);
    group.replaceWith(document.adoptNode(own));
    own.querySelector('a[data-toggle]')?.focus();
    document.dispatchEvent(new CustomEvent('rows'));
  } catch {
    location.assign(link.href);
  }
});
