// Forms that edit: the summary takes the focus, a form is sent once, and unsaved input is not lost without a question.

const form = document.querySelector('[data-form]');
const was = (field) => (field.type === 'checkbox' || field.type === 'radio' ? field.defaultChecked !== field.checked
  : field.options ? [...field.options].some((each) => each.selected !== each.defaultSelected) && field.selectedIndex > 0
  : field.type !== 'hidden' && field.value !== field.defaultValue);

let sending = false;
document.querySelector('[data-focus]')?.focus();

form.addEventListener('submit', (event) => {
  if (sending) return event.preventDefault();
  sending = true;
  event.submitter?.setAttribute('aria-busy', 'true');
});

// Back from the next page with the browser's own memory of this one.
addEventListener('pageshow', () => {
  sending = false;
  form.querySelectorAll('[aria-busy]').forEach((each) => each.removeAttribute('aria-busy'));
});

addEventListener('beforeunload', (event) => {
  if (!sending && [...form.elements].some((field) => field.name && was(field))) event.preventDefault();
});
