// The calendar: drag an entry to another day, or hold it with Space and move it with the arrow keys. The server decides; a refusal puts
// the entry back.
import { move } from './move.js';
import { toast } from './toast.js';

const table = document.querySelector('[data-calendar]');
const texts = table.dataset;
const fill = (text, entry, day) => text.replace('{title}', entry.dataset.title).replace('{day}', day?.dataset.label ?? '');
const dayOf = (element) => element.closest?.('td[data-day]');
const days = () => [...table.querySelectorAll('td[data-day]')];
let held = null; // { entry, from, next }

const place = (entry) => ({ entry, from: entry.parentElement, next: entry.nextElementSibling });
const putBack = ({ entry, from, next }) => from.insertBefore(entry, next?.parentElement === from ? next : null);
const bare = () => days().forEach((day) => day.classList.toggle('bare', !day.querySelector('.ce')));

async function save(origin, target) {
  const { entry } = origin;
  if (dayOf(origin.from) === target) return;
  bare();
  entry.classList.add('busy');
  try {
    const value = `${target.dataset.day}${entry.dataset.rest}`;
    const answer = await move(entry.dataset.move, { version: entry.dataset.version, [texts.field]: value }, texts);
    if ('why' in answer) {
      putBack(origin);
      toast([fill(texts.refused, entry), answer.why].filter(Boolean).join(' · '), true);
    } else {
      entry.dataset.version = answer.version;
      entry.querySelectorAll('input[name="version"]').forEach((input) => { input.value = answer.version; });
      entry.querySelectorAll('.mv input.in').forEach((input) => { input.value = value; });
      toast(fill(texts.moved, entry, target));
    }
  } catch {
    putBack(origin);
    toast([fill(texts.refused, entry), texts.offline].join(' · '), true);
  } finally {
    entry.classList.remove('busy');
    bare();
  }
}

table.querySelectorAll('.ce[data-move]').forEach((entry) => {
  entry.draggable = true;
  entry.tabIndex = 0;
  entry.querySelectorAll('a').forEach((link) => { link.draggable = false; });
});

const clearOver = () => table.querySelectorAll('td.over').forEach((day) => day.classList.remove('over'));

table.addEventListener('dragstart', (event) => {
  const entry = event.target.closest?.('.ce[data-move]');
  if (!entry) return;
  held = place(entry);
  event.dataTransfer.effectAllowed = 'move';
  event.dataTransfer.setData('text/plain', entry.dataset.title);
  requestAnimationFrame(() => entry.classList.add('dragging'));
});
table.addEventListener('dragover', (event) => {
  const day = held && dayOf(event.target);
  if (!day) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = 'move';
  if (!day.classList.contains('over')) {
    clearOver();
    day.classList.add('over');
  }
});
// What is entered counts at once, not only with the next movement: the hand may open right there.
table.addEventListener('dragenter', (event) => {
  if (held && dayOf(event.target)) event.preventDefault();
});
table.addEventListener('dragleave', (event) => {
  if (!table.contains(event.relatedTarget)) clearOver();
});
table.addEventListener('drop', (event) => {
  const day = held && dayOf(event.target);
  if (!day) return;
  event.preventDefault();
  const origin = held;
  if (day !== dayOf(origin.from)) day.querySelector('ul').append(origin.entry);
  save(origin, day);
});
table.addEventListener('dragend', (event) => {
  event.target.classList?.remove('dragging');
  clearOver();
  held = null;
});

function letGo() {
  held?.entry.classList.remove('held');
  held = null;
}

const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

table.addEventListener('keydown', (event) => {
  const entry = event.target.closest?.('.ce[data-move]');
  if (!entry || event.target !== entry) return;
  const holding = held?.entry === entry;
  if (event.key === ' ' && !held) {
    held = place(entry);
    entry.classList.add('held');
    toast(`${fill(texts.moving, entry)} · ${texts.keys}`);
  } else if (holding && steps[event.key]) {
    const all = days();
    const next = all[all.indexOf(dayOf(entry)) + steps[event.key]];
    next?.querySelector('ul').append(entry);
    entry.focus();
    entry.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  } else if (holding && (event.key === 'Enter' || event.key === ' ')) {
    const origin = held;
    letGo();
    save(origin, dayOf(entry));
  } else if (holding && event.key === 'Escape') {
    putBack(held);
    letGo();
    entry.focus();
  } else {
    return;
  }
  event.preventDefault();
});
table.addEventListener('focusout', () => {
  setTimeout(() => {
    if (held?.entry.classList.contains('held') && document.activeElement !== held.entry) {
      putBack(held);
      letGo();
    }
  });
});

// Today is in sight, also on a narrow screen.
table.querySelector('td.now')?.scrollIntoView({ block: 'nearest', inline: 'center' });
