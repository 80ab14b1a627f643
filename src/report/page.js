/* Makes charts of a page's pictures (dygraphs): values under the pointer, zoom, lines that can be hidden.
 * What it is told in numbers and in the style of the page is all that it knows. */
"use strict";
(() => {
  const hint = "Point at it for values, drag to zoom, double-click to see all again.";

  const make = (name, properties, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };

  const styleOf = (element, name) => getComputedStyle(element).getPropertyValue(name).trim();

  const shown = (value) => String(Number(value.toPrecision(3)));

  /* A row for each epoch that any line has: [epoch, [low, mean, high], ...], null where a line has none. */
  const rowsOf = (lines) => {
    const epochs = [...new Set(lines.flatMap((line) => line.epoch))].sort((a, b) => a - b);
    const at = lines.map((line) => new Map(line.epoch.map((epoch, i) => [epoch, i])));
    return epochs.map((epoch) => [epoch, ...lines.map((line, l) => {
      const i = at[l].get(epoch);
      return i === undefined ? [null, null, null] : [line.low[i], line.mean[i], line.high[i]];
    })]);
  };

  /* Whole epochs, at most one in forty pixels. */
  const epochTics = (low, high, pixels) => {
    let step = 1;
    for (let i = 0; (high - low) / step > Math.max(pixels / 40, 1); i++)
      step *= i % 3 === 1 ? 2.5 : 2;
    const tics = [];
    for (let epoch = Math.ceil(low / step) * step; epoch <= high; epoch += step)
      tics.push({ v: epoch, label: String(epoch) });
    return tics;
  };

  /* The key's items become switches, with room for a value each. */
  const makeSwitch = (item) => {
    const box = make("input", { type: "checkbox", checked: true });
    const value = make("output", {});
    value.setAttribute("aria-live", "off");
    item.append(make("label", {}, box, ...item.childNodes), value);
    return { box, value };
  };

  const draw = (figure) => {
    const data = JSON.parse(figure.querySelector("script").textContent);
    const picture = figure.querySelector(".plot");
    const items = [...figure.querySelectorAll(".key li")];
    const rows = rowsOf(data.lines);
    if (rows.length < 2)
      return; /* there is nothing to zoom into */
    const place = make("div", { className: "plot chart", tabIndex: 0 });
    const said = make("span", { textContent: hint });
    const back = make("button", { type: "button", textContent: "Show all", hidden: true });
    const switches = items.map(makeSwitch);
    let selected = -1;

    const colours = () => ({
      colors: items.map((item) => styleOf(item, "--colour")),
      gridLineColor: styleOf(figure, "--rule"),
      axisLineColor: styleOf(figure, "--soft"),
    });
    const tell = (row) => {
      selected = row;
      said.textContent = row < 0 ? hint : "epoch " + rows[row][0];
      switches.forEach((s, l) => {
        const mean = row < 0 || !s.box.checked ? null : rows[row][l + 1][1];
        s.value.textContent = mean === null ? "" : shown(mean);
      });
    };

    picture.before(place);
    /* The library's own way back would let the axis follow the first epochs, which press all others flat. */
    const showAll = () => {
      chart.updateOptions({ dateWindow: null, valueRange: data.values });
      back.hidden = true;
    };
    const mouse = { ...Dygraph.defaultInteractionModel, dblclick: showAll };
    for (const touch of ["touchstart", "touchmove", "touchend"])
      delete mouse[touch]; /* a finger scrolls the page; where it taps, it points */
    const chart = new Dygraph(place, rows, {
      ...colours(),
      labels: ["epoch", ...items.map((_, l) => String(l))],
      series: Object.fromEntries(items.map((item, l) => {
        const dashes = styleOf(item.querySelector(".line"), "stroke-dasharray").match(/[\d.]+/g);
        return [String(l), { strokePattern: dashes && dashes.map(Number) }];
      })),
      axes: {
        x: { ticker: epochTics, drawGrid: false },
        y: { axisLabelWidth: 44, axisLabelFormatter: (value) => String(Number(value.toPrecision(6))) },
      },
      customBars: true,
      drawPoints: true,
      fillAlpha: 0.14,
      highlightCallback: (event, epoch) => tell(rows.findIndex((row) => row[0] === epoch)),
      interactionModel: mouse,
      legend: "never",
      pointSize: 2,
      strokeWidth: 2,
      unhighlightCallback: () => tell(-1),
      valueRange: data.values,
      xRangePad: 6, /* a tic on the very border would have no number */
      zoomCallback: () => { back.hidden = !chart.isZoomed(); },
    });
    picture.remove();
    place.setAttribute("role", "group");
    place.setAttribute("aria-label", "Chart; the arrow keys go through the epochs");
    figure.append(make("p", { className: "tools" }, said, back));

    back.addEventListener("click", showAll);
    switches.forEach((s, l) => s.box.addEventListener("change", () => chart.setVisibility(l, s.box.checked)));
    place.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (step === undefined)
        return;
      event.preventDefault();
      const row = Math.min(Math.max(selected + step, 0), rows.length - 1);
      chart.setSelection(row);
      tell(row);
    });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => chart.updateOptions(colours()));
  };

  document.querySelectorAll("figure").forEach(draw);
})();
