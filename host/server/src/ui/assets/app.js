// Loads the behaviours that this page has a use for. Everything works without them.
import './shortcuts.js';

const behaviours = {
  '[data-board]': './kanban.js',
  '[data-reference]': './reference.js',
  '[data-list], [data-filter]': './list.js',
  '[data-form]': './form.js',
};

for (const [selector, module] of Object.entries(behaviours)) {
  if (document.querySelector(selector)) import(module);
}
