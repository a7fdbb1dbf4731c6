// Forms that edit: the summary takes the focus, a form is sent once, and unsaved input is not lost without a question.

const forms = [...document.querySelectorAll('[data-form]')];
const changed = (field) => {
  if (field.type === 'hidden' || field.type === 'submit') return false;
  if (field.type === 'checkbox' || field.type === 'radio') return field.checked !== field.defaultChecked;
  if (field.options) return field.selectedIndex > 0 && !field.selectedOptions[0].defaultSelected;
  return field.value !== field.defaultValue;
};

let sending = false;
document.querySelector('[data-focus]')?.focus();

for (const form of forms) {
  form.addEventListener('submit', (event) => {
    if (sending) return event.preventDefault();
    sending = true;
    event.submitter?.setAttribute('aria-busy', 'true');
  });
}

// Back from the next page with the browser's own memory of this one.
addEventListener('pageshow', () => {
  sending = false;
  document.querySelectorAll('[data-form] [aria-busy]').forEach((each) => each.removeAttribute('aria-busy'));
});

addEventListener('beforeunload', (event) => {
  const open = forms.some((form) => [...form.elements].some((field) => field.name && changed(field)));
  if (open && !sending) event.preventDefault();
});
