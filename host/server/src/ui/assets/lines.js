// Lines in a form: add, remove and move rows; Tab walks the cells, Enter goes to the next line and makes one at the end. Rows are sent in
// the order of the page, whatever their numbers.
import { enhance } from './reference.js';

let made = 0;

function table(box) {
  const rows = box.querySelector('[data-rows]');
  const fresh = box.querySelector('template[data-line]');
  if (!rows || !fresh) return;
  const all = () => [...rows.children];
  const inputs = (row) => [...row.querySelectorAll('td:not(.tools) :is(input:not([type="hidden"]), select, textarea)')].filter((each) => each.offsetParent);
  const changed = () => box.dispatchEvent(new Event('change', { bubbles: true }));
  const number = () => all().forEach((row, at) => {
    for (const cell of row.querySelectorAll('td[data-label]')) {
      const label = cell.querySelector('label.sr');
      if (label) label.textContent = box.dataset.cell.replace('{column}', cell.dataset.label).replace('{number}', at + 1);
    }
  });
  const add = () => {
    made += 1;
    const copy = fresh.content.cloneNode(true);
    for (const each of copy.querySelectorAll('*')) {
      for (const name of ['id', 'name', 'for', 'value', 'data-shown', 'data-line-row', 'aria-describedby']) {
        const text = each.getAttribute(name);
        if (text?.includes('.fresh')) each.setAttribute(name, text.replace('.fresh', `.n${made}`));
      }
    }
    const row = copy.firstElementChild;
    rows.append(copy);
    enhance(row);
    number();
    return row;
  };
  const remove = (row) => {
    const next = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    number();
    (next ? inputs(next)[0] : box.querySelector('[data-add]')).focus();
    changed();
  };
  const move = (row, step) => {
    const other = step < 0 ? row.previousElementSibling : row.nextElementSibling;
    if (!other) return;
    const held = document.activeElement;
    if (step < 0) other.before(row);
    else other.after(row);
    number();
    held.focus();
    changed();
  };

  // What script replaces must not be sent.
  for (const root of [box, fresh.content]) root.querySelectorAll('.no-script').forEach((each) => each.remove());
  // The empty rows are for people without script; one stays where there is nothing else.
  all().filter((row) => row.classList.contains('spare')).forEach((row) => row.remove());
  if (!all().length) add();
  box.querySelector('[data-add]').addEventListener('click', () => inputs(add())[0]?.focus());
  rows.addEventListener('click', (event) => {
    const row = event.target.closest('tr');
    if (event.target.closest('[data-remove-line]')) remove(row);
    else if (event.target.closest('[data-up]')) move(row, -1);
    else if (event.target.closest('[data-down]')) move(row, 1);
  });
  rows.addEventListener('keydown', (event) => {
    if (event.isComposing || event.defaultPrevented) return;
    const row = event.target.closest('tr');
    if (event.altKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
      event.preventDefault();
      move(row, event.key === 'ArrowUp' ? -1 : 1);
    } else if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey && event.target.matches('input, select')) {
      event.preventDefault();
      const at = inputs(row).indexOf(event.target);
      const below = row.nextElementSibling;
      // Down the same column; a new line begins at its first cell.
      if (below) (inputs(below)[at] ?? inputs(below)[0])?.focus();
      else inputs(add())[0]?.focus();
    }
  });
}

document.querySelectorAll('[data-lines]').forEach(table);
