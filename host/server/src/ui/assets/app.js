// Loads the behaviours that this page has a use for. Everything works without them.
import './shortcuts.js';

// Where scripts do not arrive, nothing is hidden that they would show again.
document.documentElement.classList.add('scripted');

const behaviours = {
  'a[data-palette]': './palette.js',
  '[data-board]': './kanban.js',
  '[data-calendar]': './calendar.js',
  'a[data-panel]': './panel.js',
  'td[data-cell]': './cell.js',
  '[data-reference], [data-local], [data-any]': './reference.js',
  '[data-lines]': './lines.js',
  '[data-files]': './files.js',
  'form[data-state]': './form_state.js',
  '[data-list]': './list.js',
  '[data-form], [data-once]': './form.js',
};

// What was sent and did not come back refused needs no draft any more; a login in between keeps it, signing out forgets all.
try {
  const sent = sessionStorage.getItem('draft sent');
  if (sent && !location.pathname.startsWith('/login')) {
    sessionStorage.removeItem('draft sent');
    if (!document.querySelector('form[data-draft] .errlist')) localStorage.removeItem(sent);
  }
  document.querySelector('form[action="/logout"]')?.addEventListener('submit', () => {
    Object.keys(localStorage).filter((each) => each.startsWith('draft ')).forEach((each) => localStorage.removeItem(each));
  });
} catch {
  // No storage in this browser: no drafts.
}

const loading = Object.entries(behaviours).filter(([selector]) => document.querySelector(selector)).map(([, module]) => import(module));
// Says that every behaviour of the page is there, for those who wait for them.
Promise.all(loading).then(() => { document.documentElement.dataset.ready = ''; });
