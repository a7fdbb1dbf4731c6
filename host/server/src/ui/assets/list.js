// Lists: a row opens from anywhere in it, J and K walk the rows, and the filter form offers what fits the chosen field.

const links = () => [...document.querySelectorAll('[data-list] td.name > a')];

document.querySelector('[data-list]')?.addEventListener('click', (event) => {
  const row = event.target.closest('tr[data-href]');
  if (!row || event.target.closest('a, button, input, summary, label') || String(getSelection())) return;
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

const filter = document.querySelector('[data-filter]');
const field = filter?.querySelector('[name="filter_field"]');
if (field) {
  const operator = filter.querySelector('[name="filter_operator"]');
  const words = new Map([...operator.options].map((each) => [each.value, each.textContent]));
  const box = filter.querySelector('[name="filter_value"]').closest('.f');

  const fitValue = () => {
    const { input, choices } = field.selectedOptions[0].dataset;
    const value = document.createElement(choices ? 'select' : 'input');
    Object.assign(value, { className: 'in', id: 'filter_value', name: 'filter_value' });
    if (choices) {
      for (const line of choices.split('\n')) value.append(new Option(line.slice(line.indexOf('\t') + 1), line.split('\t')[0]));
    } else {
      value.type = input || 'text';
      value.autocomplete = 'off';
    }
    box.querySelector('.in').replaceWith(value);
  };
  const fitPresence = () => {
    box.hidden = ['empty', 'not_empty'].includes(operator.value);
  };
  const fitField = () => {
    const allowed = field.selectedOptions[0].dataset.operators.split(' ').filter(Boolean);
    operator.replaceChildren(...allowed.map((each) => new Option(words.get(each) ?? each, each)));
    fitValue();
    fitPresence();
  };
  field.addEventListener('change', fitField);
  operator.addEventListener('change', fitPresence);
  fitField();
}
