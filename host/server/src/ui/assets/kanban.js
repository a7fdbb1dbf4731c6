// The board: drag a card, or hold it with Space and move it with the arrow keys. The server decides; a refusal puts the card back.
import { move } from './move.js';
import { toast } from './toast.js';

const board = document.querySelector('[data-board]');
const texts = board.dataset;
const fill = (text, card, column) => text.replace('{title}', card.dataset.title).replace('{column}', column?.dataset.label ?? '');
const columnOf = (element) => element.closest('section[data-value]');
const columns = () => [...board.querySelectorAll('section[data-value]')];
let held = null; // { card, from, next }: a card in the hand and the place it came from

const place = (card) => ({ card, from: card.parentElement, next: card.nextElementSibling });
const putBack = ({ card, from, next }) => from.insertBefore(card, next?.parentElement === from ? next : null);

// Counts and sums of the columns are the server's: taken from a fresh copy of this page.
async function refreshHeads() {
  const answer = await fetch(location.href, { credentials: 'same-origin', headers: { accept: 'text/html' } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
  for (const column of columns()) {
    const other = fresh.querySelector(`[data-board] section[data-value="${CSS.escape(column.dataset.value)}"] .colhead`);
    if (other) column.querySelector('.colhead').replaceWith(document.adoptNode(other));
  }
  for (const part of ['.strip', '.kpis']) {
    const other = fresh.querySelector(part);
    if (other) document.querySelector(part)?.replaceWith(document.adoptNode(other));
  }
}

async function save(origin, target) {
  const { card } = origin;
  if (columnOf(origin.from) === target) return;
  card.classList.add('busy');
  try {
    const answer = await move(card.dataset.move, { version: card.dataset.version, [texts.field]: target.dataset.value }, texts);
    if ('why' in answer) {
      putBack(origin);
      toast([fill(texts.refused, card), answer.why, texts.back].filter(Boolean).join(' · '), true);
    } else {
      card.dataset.version = answer.version;
      const version = card.querySelector('input[name="version"]');
      if (version) version.value = card.dataset.version;
      toast(fill(texts.moved, card, target));
      refreshHeads().catch(() => {});
    }
  } catch {
    putBack(origin);
    toast([fill(texts.refused, card), texts.offline].join(' · '), true);
  } finally {
    card.classList.remove('busy');
  }
}

// The first cards must not wait out of sight behind empty columns.
const filled = columns().find((column) => column.querySelector('.kc'));
if (filled && filled.offsetLeft + filled.offsetWidth > board.clientWidth) board.scrollLeft = filled.offsetLeft - board.clientWidth / 2;

// By mouse.
function lift(card) {
  card.draggable = true;
  card.tabIndex = 0;
  card.querySelectorAll('a').forEach((link) => { link.draggable = false; });
}
board.querySelectorAll('.kc[data-patch]').forEach(lift);

const clearOver = () => board.querySelectorAll('ul.over').forEach((list) => list.classList.remove('over'));

board.addEventListener('dragstart', (event) => {
  const card = event.target.closest?.('.kc[data-patch]');
  if (!card) return;
  held = place(card);
  event.dataTransfer.effectAllowed = 'move';
  event.dataTransfer.setData('text/plain', card.dataset.title);
  requestAnimationFrame(() => card.classList.add('dragging'));
});
board.addEventListener('dragover', (event) => {
  const column = held && columnOf(event.target);
  if (!column) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = 'move';
  const list = column.querySelector('ul');
  if (!list.classList.contains('over')) {
    clearOver();
    if (list !== held.from) list.classList.add('over');
  }
});
// What is entered counts at once, not only with the next movement: the hand may open right there.
board.addEventListener('dragenter', (event) => {
  if (held && columnOf(event.target)) event.preventDefault();
});
board.addEventListener('dragleave', (event) => {
  if (!board.contains(event.relatedTarget)) clearOver();
});
board.addEventListener('drop', (event) => {
  const column = held && columnOf(event.target);
  if (!column) return;
  event.preventDefault();
  const origin = held;
  if (column.querySelector('ul') !== origin.from) column.querySelector('ul').prepend(origin.card);
  save(origin, column);
});
board.addEventListener('dragend', (event) => {
  event.target.classList?.remove('dragging');
  clearOver();
  held = null;
});

// By keys.
function letGo() {
  held?.card.classList.remove('held');
  held = null;
}

board.addEventListener('keydown', (event) => {
  const card = event.target.closest?.('.kc[data-patch]');
  if (!card || event.target !== card) return;
  if (event.key === ' ' && !held) {
    held = place(card);
    card.classList.add('held');
    toast(`${fill(texts.moving, card)} · ${texts.keys}`);
  } else if (held?.card === card && (event.key === 'ArrowLeft' || event.key === 'ArrowRight')) {
    const all = columns();
    const next = all[all.indexOf(columnOf(card)) + (event.key === 'ArrowLeft' ? -1 : 1)];
    next?.querySelector('ul').prepend(card);
    card.focus();
    card.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  } else if (held?.card === card && (event.key === 'Enter' || event.key === ' ')) {
    const origin = held;
    letGo();
    save(origin, columnOf(card));
  } else if (held?.card === card && event.key === 'Escape') {
    putBack(held);
    letGo();
    card.focus();
  } else {
    return;
  }
  event.preventDefault();
});
board.addEventListener('focusout', () => {
  // The focus leaves while a card is moved in the document, too; only a real departure takes the card back.
  setTimeout(() => {
    if (held?.card.classList.contains('held') && document.activeElement !== held.card) {
      putBack(held);
      letGo();
    }
  });
});

// More cards of one column, without leaving the board.
board.addEventListener('click', async (event) => {
  const link = event.target.closest('a[data-more]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const column = columnOf(link);
  link.setAttribute('aria-busy', 'true');
  try {
    const answer = await fetch(link.href, { credentials: 'same-origin', headers: { accept: 'text/html' } });
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const other = fresh.querySelector(`[data-board] section[data-value="${CSS.escape(column.dataset.value)}"]`);
    if (!other) throw new Error('no such column');
    const own = document.adoptNode(other);
    const at = column.querySelectorAll('.kc').length;
    column.replaceWith(own);
    own.querySelectorAll('.kc[data-patch]').forEach(lift);
    (own.querySelectorAll('.kc')[at] ?? own.querySelector('.kc'))?.focus();
  } catch {
    location.assign(link.href);
  }
});
