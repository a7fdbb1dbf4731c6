// Forms that edit: the summary takes the focus, a form is sent once, unsaved input is not lost without a question, and what was typed
// survives the end of a session as a draft in this browser.

const forms = [...document.querySelectorAll('[data-form]')];
const once = [...document.querySelectorAll('[data-form], [data-once]')];
const changed = (field) => {
  if (field.type === 'hidden' || field.type === 'submit' || field.type === 'file') return false;
  if (field.type === 'checkbox' || field.type === 'radio') return field.checked !== field.defaultChecked;
  if (field.options) return [...field.options].some((each) => each.selected !== each.defaultSelected) && !(field.selectedIndex === 0 && !field.querySelector('[selected]'));
  return field.value !== field.defaultValue;
};

let sending = false;
let touched = false;
document.querySelector('[data-focus]')?.focus();

for (const form of once) {
  form.addEventListener('submit', (event) => {
    if (sending) return event.preventDefault();
    sending = true;
    event.submitter?.setAttribute('aria-busy', 'true');
  });
}

// Back from the next page with the browser's own memory of this one.
addEventListener('pageshow', () => {
  sending = false;
  document.querySelectorAll('[data-form] [aria-busy], [data-once] [aria-busy]').forEach((each) => each.removeAttribute('aria-busy'));
});

// Rows and chips that scripts made have no state of their own to compare.
for (const form of forms) form.addEventListener('change', (event) => { if (!event.target.name) touched = true; });

addEventListener('beforeunload', (event) => {
  const open = touched || forms.some((form) => [...form.elements].some((field) => field.name && changed(field)));
  if (open && !sending) event.preventDefault();
});

// A link of the summary leads to the field, also where a script put another element in its place.
addEventListener('click', (event) => {
  const link = event.target.closest('.errlist a[href^="#"]');
  const field = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (!field) return;
  event.preventDefault();
  field.closest('[data-away]')?.removeAttribute('data-away');
  field.scrollIntoView({ block: 'center' });
  field.focus();
});

// A value that the server offers goes into its field.
addEventListener('click', (event) => {
  const { offer, offerTo } = event.target.closest('[data-offer]')?.dataset ?? {};
  const field = offerTo && document.getElementById(offerTo);
  if (!field) return;
  field.value = offer;
  field.focus();
  field.dispatchEvent(new Event('input', { bubbles: true }));
});

const DAYS = 7;

function draft(form) {
  const name = `draft ${form.dataset.draft}`;
  const fields = () => [...form.elements].filter((each) => each.name && !each.name.includes('.') && !['hidden', 'submit', 'file', 'password', 'button'].includes(each.type));
  const single = (each) => fields().filter((other) => other.name === each.name).length === 1;
  const value = (each) => (each.type === 'checkbox' ? String(each.checked) : each.value);
  const keep = () => {
    const typed = fields().filter((each) => single(each) && changed(each)).map((each) => [each.name, value(each), each.selectedOptions?.[0]?.textContent ?? '']);
    if (typed.length) localStorage.setItem(name, JSON.stringify({ at: Date.now(), version: form.elements.version?.value ?? '', typed }));
    else localStorage.removeItem(name);
  };
  const restore = (typed) => {
    for (const [key, text, words] of typed) {
      const each = fields().find((other) => other.name === key);
      if (!each) continue;
      if (each.type === 'checkbox') each.checked = text === 'true';
      else {
        if (each.options && ![...each.options].some((option) => option.value === text)) each.append(new Option(words, text));
        each.value = text;
        if (each.options) each.dispatchEvent(new Event('picker'));
      }
    }
    form.dispatchEvent(new Event('change', { bubbles: true }));
  };
  const offer = ({ at, typed }) => {
    const { draftFound, draftRestore, draftDiscard } = form.dataset;
    const note = document.createElement('div');
    const words = document.createElement('div');
    const row = document.createElement('div');
    const button = (label, act) => {
      const made = document.createElement('button');
      Object.assign(made, { className: 'btn', type: 'button', textContent: label });
      made.addEventListener('click', () => { act(); note.remove(); });
      row.append(made);
    };
    const time = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: 'short', timeStyle: 'short' }).format(at);
    Object.assign(note, { className: 'note info draft', role: 'status' });
    words.textContent = draftFound.replace('{time}', time);
    row.className = 'row';
    button(draftRestore, () => restore(typed));
    button(draftDiscard, () => localStorage.removeItem(name));
    note.append(words, row);
    form.prepend(note);
  };

  let found = null;
  try {
    found = JSON.parse(localStorage.getItem(name));
  } catch {
    localStorage.removeItem(name);
  }
  const fresh = found && Date.now() - found.at < DAYS * 86_400_000 && found.version === (form.elements.version?.value ?? '');
  if (found && !fresh) localStorage.removeItem(name);
  // A form that came back refused holds everything itself.
  if (fresh && !form.querySelector('.note')) offer(found);
  form.addEventListener('input', keep);
  form.addEventListener('change', keep);
}

// `app.js` forgets the draft of what was saved.
const SENT = 'draft sent';
for (const form of document.querySelectorAll('form[data-draft]')) {
  try {
    draft(form);
    form.addEventListener('submit', () => sessionStorage.setItem(SENT, `draft ${form.dataset.draft}`));
  } catch {
    // No storage in this browser: no drafts.
  }
}
