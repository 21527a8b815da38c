// Components of Dash that this page needs and nobody else has (dashboard/widgets.py).
// Dash looks for them when it mounts the layout, so they are no module.
window.neuromix_components = (() => {
  "use strict";
  const { createElement, useEffect, useLayoutEffect, useMemo, useRef, useState } = window.React;

  // HTML as React's elements. An attribute without a value is true where the element knows it as such.
  const parsed = (html) => {
    const template = document.createElement("template");
    template.innerHTML = html;
    return [...template.content.childNodes].map(elementOf);
  };
  const REACT_NAMES = { class: "className" };
  const elementOf = (node) => {
    if (node.nodeType !== Node.ELEMENT_NODE) return node.nodeType === Node.TEXT_NODE ? node.data : null;
    const props = { key: node.dataset.key };
    for (const { name, value } of node.attributes) {
      props[REACT_NAMES[name] ?? name] = value === "" && typeof node[name] === "boolean" ? true : value;
    }
    if (props.style) props.style = Object.fromEntries([...node.style].map((name) => [name, node.style.getPropertyValue(name)]));
    return createElement(node.localName, props, ...[...node.childNodes].map(elementOf));
  };

  // HTML that the server made, in one element: of many components each costs time at every callback.
  // What is alike in the next HTML stays where it is, with its focus, its scrolling and the press of
  // a button that began on it; `data-key` says what is alike among elements that come and go.
  // The element knows what it shows (views/dash.mjs): React draws when it finds the time.
  const Html = ({ id, className, html, role }) => {
    const place = useRef(null);
    const text = html ?? "";
    useLayoutEffect(() => { place.current.html = text; });
    const content = useMemo(() => parsed(text), [text]);
    return createElement("div", { id, ref: place, className, role }, ...content);
  };

  // Mantine's slider, whose every move goes to the page at once ("slice-moved") and to Dash only
  // when the page says so ("slice-kept"): a callback for each slice of a drag would make the
  // pictures stutter. "slice-wanted" moves it from elsewhere on the page; "slice-shown" puts it
  // where the page is already, and it does not say so again.
  const SliceSlider = ({ id, value, max, setProps }) => {
    const [slice, setSlice] = useState(value);
    const place = useRef(null);
    const put = useRef(null); // where it was put, until Mantine says that it is there
    const kept = useRef([]); // what Dash was given: it says so again, maybe after the next step
    const say = (to) => place.current.dispatchEvent(new CustomEvent("slice-moved", { bubbles: true, detail: to }));
    useEffect(() => {
      const index = kept.current.indexOf(value);
      kept.current.splice(0, index < 0 ? Infinity : index + 1);
      if (index < 0) setSlice(value);
    }, [value]);
    useEffect(() => {
      const node = place.current;
      const show = ({ detail }) => {
        put.current = detail;
        setSlice(detail);
      };
      // Mantine would say it after the next step may have come.
      const go = (event) => {
        show(event);
        say(event.detail);
      };
      const keep = ({ detail }) => {
        kept.current.push(detail);
        setProps({ value: detail });
      };
      const forget = () => { put.current = null; };
      const heard = {
        "slice-wanted": go, "slice-shown": show, "slice-kept": keep, pointerdown: forget, keydown: forget,
      };
      for (const [type, act] of Object.entries(heard)) node.addEventListener(type, act, true);
      return () => { for (const [type, act] of Object.entries(heard)) node.removeEventListener(type, act, true); };
    }, []);
    const moved = ({ value: to }) => {
      if (put.current !== null) { // also of what it was on its way there
        if (to === put.current) put.current = null;
        return;
      }
      setSlice(to);
      say(to);
    };
    const slider = createElement(window.dash_mantine_components.Slider, {
      min: 0, max, value: slice, step: 1, size: "sm", label: null, thumbLabel: "Slice", updatemode: "drag", setProps: moved,
    });
    return createElement("div", { id, ref: place, className: "slice-slider" }, slider);
  };

  // The classes' legend, which the page draws (views/legend.mjs): Dash holds what is chosen in it.
  const Legend = ({ id, className, label, facts }) => {
    const place = useRef(null);
    useEffect(() => {
      place.current.dispatchEvent(new CustomEvent("classes-known", { bubbles: true, detail: facts }));
    }, [facts]);
    return createElement("div", { id, ref: place, className, role: "group", "aria-label": label });
  };

  // The browser's own list: of the few words of a card's tool, one element.
  const Menu = ({ id, options, value, label, help, disabled, setProps }) => {
    const choices = options.map((option) =>
      createElement("option", { key: option.value, value: option.value }, option.label));
    const onChange = ({ target }) => setProps({ value: target.value });
    return createElement("select", {
      id, value, disabled, onChange, className: "tool menu-tool", "aria-label": label, "data-help": help,
    }, choices);
  };

  const Toggle = ({ id, text, checked, label, help, setProps }) => createElement("button", {
    id, type: "button", role: "switch", className: "tool", "aria-checked": checked, "aria-label": label,
    "data-help": help, onClick: () => setProps({ checked: !checked }),
  }, text);

  // A value that elements of the page's own set, and the place where they stand.
  const Held = ({ id, className }) => createElement("div", { id, className });

  return { Html, SliceSlider, Held, Legend, Menu, Toggle };
})();
