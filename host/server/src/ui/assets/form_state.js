// Asks the server, while somebody types, which fields of a form count now, which are required and what formulas come to.

function follow(form) {
  let timer = 0;
  let request = null;

  const field = (key) => form.querySelector(`[data-field="${CSS.escape(key)}"]`);
  const write = (output, words) => {
    if (output && output.textContent !== words) output.textContent = words;
  };
  const apply = ({ away, required, values, lines }) => {
    for (const box of form.querySelectorAll('.form > [data-field]')) {
      const key = box.dataset.field;
      if (away.includes(key)) box.dataset.away = 'true';
      else delete box.dataset.away;
      const mark = box.querySelector('[data-required]');
      if (mark && !('always' in mark.dataset)) mark.hidden = !required.includes(key);
    }
    for (const [key, words] of Object.entries(values)) write(field(key)?.querySelector('[data-shown]'), words);
    for (const [key, { rows, sums }] of Object.entries(lines)) {
      const box = field(key);
      if (!box) continue;
      // Rows that were left empty are not sent, so they are not answered.
      const filled = [...box.querySelectorAll('[data-rows] > tr')].filter(isFilled);
      filled.forEach((row, at) => {
        for (const [column, words] of Object.entries(rows[at] ?? {})) {
          write(row.querySelector(`td[data-column="${CSS.escape(column)}"] [data-shown]`), words);
        }
      });
      for (const [column, words] of Object.entries(sums)) write(box.querySelector(`[data-sum="${CSS.escape(column)}"]`), words);
    }
  };
  const isFilled = (row) => row.querySelector('input[name$=".id"]')
    || [...row.querySelectorAll('td:not(.tools) :is(input, select, textarea)')].some((each) => {
      if (each.type === 'hidden' || !each.name) return false;
      if (each.type === 'checkbox') return each.checked !== each.defaultChecked;
      if (each.options) return [...each.options].some((option) => option.selected !== option.defaultSelected && option.value !== '');
      return each.value.trim() !== '' && each.value !== each.defaultValue;
    });
  const ask = async () => {
    request?.abort();
    request = new AbortController();
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (typeof value === 'string') body.append(name, value);
    try {
      const answer = await fetch(form.dataset.state, { method: 'POST', credentials: 'same-origin', body, signal: request.signal });
      if (answer.ok) apply(await answer.json());
    } catch (error) {
      // Without the server nothing is hidden or shown; it decides when the form is saved.
      if (error.name !== 'AbortError') console.info('form state', error.name);
    }
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 250);
  };
  form.addEventListener('input', later);
  form.addEventListener('change', later);
}

document.querySelectorAll('form[data-state]').forEach(follow);
