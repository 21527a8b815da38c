// Check boxes as one Dash component (dashboard/ui/checks.py). Mantine makes one component of each,
// which every callback pays for, and Dash's own list hides its boxes from screen readers.
window.neuromix_checks = {
  Checks: ({ id, className, label, title, options, value, setProps }) => {
    const { createElement } = window.React;
    const box = (option) => createElement("input", {
      type: "checkbox",
      value: option.value,
      checked: value.includes(option.value),
      "aria-label": option.name,
      onChange: ({ target }) => setProps({
        value: target.checked ? [...value, option.value] : value.filter((other) => other !== option.value),
      }),
    });
    return createElement("div", { id, className, title, role: "group", "aria-label": label }, options.map((option) =>
      createElement("label", { key: option.value, className: option.className }, box(option), option.label)));
  },
};
