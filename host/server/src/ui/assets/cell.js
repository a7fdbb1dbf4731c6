// Cells that are changed in place: a double click or Enter on one asks the server for its control; the server also judges what is saved.
import { toast } from './toast.js';
import { enhance } from './reference.js';

const table = document.querySelector('[data-list]');
let now = null; // { cell, content, form }: the cell in hand, and what it showed

const token = document.querySelector('meta[name="form-token"]')?.content ?? '';

table?.querySelectorAll('td[data-cell]').forEach(reachable);

document.addEventListener('rows', () => table?.querySelectorAll('td[data-cell]').forEach(reachable));

function reachable(cell) {
  // One stop for the Tab key; the arrows do the rest.
  cell.tabIndex = cell === table.querySelector('td[data-cell]') ? 0 : -1;
  cell.title = table.dataset.cellHint ?? '';
}

function putBack(refocus) {
  if (!now) return;
  const { cell, content } = now;
  now = null;
  cell.classList.remove('editing');
  cell.replaceChildren(...content);
  if (refocus) cell.focus();
}

async function open(cell) {
  if (now?.cell === cell) return;
  putBack(false);
  const row = cell.closest('tr[data-edit]');
  const address = `${row.dataset.edit}${row.dataset.edit.includes('?') ? '&' : '?'}field=${encodeURIComponent(cell.dataset.cell)}`;
  cell.setAttribute('aria-busy', 'true');
  try {
    const answer = await fetch(address, { credentials: 'same-origin', headers: { 'x-panel': '1' } });
    const html = await answer.text();
    const part = new DOMParser().parseFromString(html, 'text/html');
    const form = part.querySelector('[data-cell-form]');
    if (!form) return toast(part.querySelector('[data-closed]')?.textContent || part.querySelector('main h2')?.textContent || String(answer.status), true);
    // Somebody may have opened another one meanwhile.
    putBack(false);
    now = { cell, content: [...cell.childNodes] };
    show(document.adoptNode(form));
  } catch {
    toast(document.querySelector('[data-offline]')?.dataset.offline ?? '×', true);
  } finally {
    cell.removeAttribute('aria-busy');
  }
}

function show(form) {
  now.cell.classList.add('editing');
  now.cell.replaceChildren(form);
  enhance(form);
  const input = form.querySelector('.ref input, .in, input[type="checkbox"], textarea');
  input?.focus();
  if (input?.select && input.type !== 'date') input.select();
}

async function save(form) {
  const { cell } = now;
  form.setAttribute('aria-busy', 'true');
  form.querySelectorAll('button').forEach((button) => { button.disabled = true; });
  try {
    const body = new URLSearchParams(new FormData(form));
    body.set('form_token', token);
    const answer = await fetch(form.action, { method: 'POST', credentials: 'same-origin', headers: { 'x-panel': '1' }, body });
    const part = new DOMParser().parseFromString(await answer.text(), 'text/html');
    if (now?.cell !== cell) return;
    const again = part.querySelector('[data-cell-form]');
    if (again) return show(document.adoptNode(again));
    const fresh = part.querySelector('table[data-said]');
    if (!fresh) {
      putBack(true);
      return toast(part.querySelector('[data-closed]')?.textContent || part.querySelector('main h2')?.textContent || String(answer.status), true);
    }
    const row = cell.closest('tr');
    const at = [...row.children].indexOf(cell);
    const next = fresh.querySelector('tr');
    now = null;
    const chosen = row.querySelector('td.box input')?.checked;
    if (next) {
      const own = document.adoptNode(next);
      row.replaceWith(own);
      own.querySelectorAll('td[data-cell]').forEach(reachable);
      const box = own.querySelector('td.box input');
      if (box && chosen) box.checked = true;
      own.classList.add('fresh');
      own.children[at]?.focus();
    } else {
      row.remove();
    }
    toast(fresh.dataset.said);
  } catch {
    form.removeAttribute('aria-busy');
    form.querySelectorAll('button').forEach((button) => { button.disabled = false; });
  }
}

table?.addEventListener('dblclick', (event) => {
  const cell = event.target.closest('td[data-cell]');
  if (!cell || event.target.closest('form')) return;
  event.preventDefault();
  getSelection()?.removeAllRanges();
  open(cell);
});

table?.addEventListener('submit', (event) => {
  const form = event.target.closest('[data-cell-form]');
  if (!form || !now) return;
  event.preventDefault();
  save(form);
});

table?.addEventListener('click', (event) => {
  if (event.target.closest('[data-cell-cancel]')) putBack(true);
  const offer = event.target.closest('[data-offer]');
  if (offer && now) {
    const input = now.cell.querySelector('.in');
    if (input) input.value = offer.dataset.offer;
  }
});

// Arrows walk from cell to cell, Enter opens one.
table?.addEventListener('keydown', (event) => {
  if (event.isComposing || event.defaultPrevented) return;
  if (event.key === 'Escape' && event.target.closest('[data-cell-form]')) {
    event.preventDefault();
    event.stopPropagation();
    return putBack(true);
  }
  const cell = event.target.closest('td[data-cell]');
  if (!cell || event.target !== cell) return;
  if (event.key === 'Enter' || event.key === 'F2') {
    event.preventDefault();
    open(cell);
    return;
  }
  const row = cell.parentElement;
  const at = [...row.children].indexOf(cell);
  const rows = [...table.querySelectorAll('tr[data-edit]')];
  const beside = (step) => {
    let to = cell;
    do to = step > 0 ? to.nextElementSibling : to.previousElementSibling; while (to && !to.matches('[data-cell]'));
    return to;
  };
  const to = {
    ArrowRight: () => beside(1),
    ArrowLeft: () => beside(-1),
    ArrowDown: () => rows[rows.indexOf(row) + 1]?.children[at],
    ArrowUp: () => rows[rows.indexOf(row) - 1]?.children[at],
  }[event.key]?.();
  if (to) {
    event.preventDefault();
    to.focus();
  }
});

// A click beside the control leaves it, unless something was typed.
document.addEventListener('mousedown', (event) => {
  if (!now || now.cell.contains(event.target)) return;
  const form = now.cell.querySelector('form');
  const changed = form && [...form.elements].some((each) => 'defaultValue' in each && each.type !== 'hidden' && each.value !== each.defaultValue);
  if (!changed) putBack(false);
});
