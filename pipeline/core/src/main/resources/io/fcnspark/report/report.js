"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const byId = id => document.getElementById(id);
  const percent = share => share === null || share === undefined ? "–"
    : share > 0 && share < 0.0005 ? "< 0.1 %" : (100 * share).toFixed(1) + " %";
  const count = n => n.toLocaleString("en-US");
  const colour = name => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
  const say = text => { byId("said").textContent = text; };
  const narrow = () => window.innerWidth < 640;
  const shortened = (name, length) => name.length > length ? name.slice(0, length - 1) + "…" : name;

  /* Charts. Each is drawn by a function that gives ECharts' options, the height, and what can be stepped through by keys. */

  const order = byId("class-order");

  function orderedClasses() {
    const classes = data.classes.map((c, i) => ({ ...c, position: i }));
    const last = value => value === null || value === undefined ? Infinity : value;
    if (order.value === "iou") {
      classes.sort((a, b) => last(a.iou) - last(b.iou));
    } else if (order.value === "share") {
      classes.sort((a, b) => (b.truth_share ?? b.mask_share) - (a.truth_share ?? a.mask_share));
    }
    return classes;
  }

  function common() {
    return {
      animation: false,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: colour("ink") },
      tooltip: {
        confine: true,
        backgroundColor: colour("card"),
        borderColor: colour("line"),
        textStyle: { color: colour("ink"), fontSize: 13 },
        // Text, never markup: names come from outside.
        formatter: item => {
          const box = document.createElement("div");
          box.style.whiteSpace = "pre-line";
          box.textContent = item.data.text;
          return box;
        },
      },
      legend: { top: 0, left: 0, itemWidth: 14, itemHeight: 10, textStyle: { color: colour("ink") } },
    };
  }

  /** Width of the widest of some labels, in pixels. */
  function widest(labels) {
    const ruler = document.createElement("span");
    ruler.style.cssText = "position:absolute;visibility:hidden;white-space:pre;font-size:12px";
    document.body.append(ruler);
    const widths = labels.map(label => {
      ruler.textContent = label;
      return ruler.getBoundingClientRect().width;
    });
    ruler.remove();
    return Math.ceil(Math.max(0, ...widths));
  }

  const shortNames = classes => classes.map(c => shortened(c.name, narrow() ? 14 : 22));

  function percentAxis(extra) {
    return {
      type: "value", min: 0,
      axisLabel: { color: colour("quiet"), formatter: v => Math.round(100 * v) + " %", hideOverlap: true },
      splitLine: { lineStyle: { color: colour("line") } },
      ...extra,
    };
  }

  function classAxis(classes) {
    return {
      type: "category", inverse: true, data: classes.map(c => c.name),
      axisLabel: { color: colour("ink"), interval: 0, formatter: name => shortened(name, narrow() ? 14 : 22) },
      axisTick: { show: false }, axisLine: { lineStyle: { color: colour("line") } },
    };
  }

  function barChart(classes, axis, series, extra) {
    return {
      height: 70 + classes.length * (series.length > 1 ? 30 : 24),
      options: {
        ...common(),
        grid: { left: widest(shortNames(classes)) + 12, right: 28, top: 34, bottom: 26 },
        xAxis: percentAxis(axis), yAxis: classAxis(classes), series: series.concat(extra || []),
      },
      steps: classes.map((c, i) => ({ series: 0, index: i, text: series[0].data[i].text })),
    };
  }

  function scores() {
    const classes = orderedClasses();
    const text = c => c.name + "\nIU " + percent(c.iou)
      + (c.iou_interval ? " (" + percent(c.iou_interval[0]) + " to " + percent(c.iou_interval[1]) + ")" : "")
      + "\naccuracy " + percent(c.accuracy);
    const bars = (name, key, fill) => ({
      name, type: "bar", barMaxWidth: 12, barGap: "15%", itemStyle: { color: fill, borderRadius: [0, 3, 3, 0] },
      data: classes.map(c => ({ value: c[key], text: text(c) })),
    });
    const whiskers = {
      name: "95 % interval", type: "custom", itemStyle: { color: colour("warm") }, z: 5,
      encode: { x: [1, 2], y: 0 }, tooltip: { show: false },
      data: classes.flatMap((c, i) => c.iou_interval ? [[i, c.iou_interval[0], c.iou_interval[1]]] : []),
      renderItem: (params, api) => {
        const low = api.coord([api.value(1), api.value(0)]);
        const high = api.coord([api.value(2), api.value(0)]);
        const y = low[1] - api.size([0, 1])[1] * 0.19;
        const line = (x1, y1, x2, y2) =>
          ({ type: "line", shape: { x1, y1, x2, y2 }, style: { stroke: colour("warm"), lineWidth: 2 } });
        return {
          type: "group",
          children: [line(low[0], y, high[0], y), line(low[0], y - 4, low[0], y + 4), line(high[0], y - 4, high[0], y + 4)],
        };
      },
    };
    return barChart(classes, { max: 1 },
      [bars("IU", "iou", colour("accent")), bars("accuracy", "accuracy", colour("accent-soft"))], [whiskers]);
  }

  function shares() {
    const classes = orderedClasses();
    const withTruth = classes.some(c => c.truth_share !== null);
    const text = c => c.name + (withTruth ? "\nin the truth " + percent(c.truth_share) : "") + "\nin the masks " + percent(c.mask_share);
    const bars = (name, key, fill) => ({
      name, type: "bar", barMaxWidth: 12, barGap: "15%", itemStyle: { color: fill, borderRadius: [0, 3, 3, 0] },
      data: classes.map(c => ({ value: c[key], text: text(c) })),
    });
    const masks = bars("masks", "mask_share", colour("accent"));
    return barChart(classes, {}, withTruth ? [bars("truth", "truth_share", colour("accent-soft")), masks] : [masks]);
  }

  function confusion() {
    const n = data.classes.length;
    const width = byId("chart-confusion").clientWidth;
    const few = n <= 24;
    const label = few ? widest(shortNames(data.classes)) + 12 : 8;
    const cell = Math.max(4, Math.min(60, (width - label - 8) / n));
    const names = data.classes.map(c => c.name);
    const text = (t, p, share, pixels) => (t === p ? names[t] + " right" : names[t] + " taken for " + names[p])
      + "\n" + percent(share) + " of " + names[t] + "\n" + count(pixels) + " pixels";
    const axis = extra => ({
      type: "category", data: names, axisTick: { show: false }, axisLine: { show: false }, splitArea: { show: false },
      axisLabel: { show: few, interval: 0, color: colour("ink"), formatter: name => shortened(name, narrow() ? 14 : 22), ...extra },
    });
    const cells = [];
    const filled = new Map(data.confusion.map(c => [c[0] * n + c[1], c]));
    for (let t = 0; t < n; t++) {
      for (let p = 0; p < n; p++) {
        const c = filled.get(t * n + p);
        if (c || few) {
          cells.push({ value: [p, t, c ? c[2] : 0], text: text(t, p, c ? c[2] : 0, c ? c[3] : 0) });
        }
      }
    }
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    const steps = dark ? ["#1a2028", "#1d4658", "#2b7f9b", "#6cc5de", "#d6f3fb"] : ["#f6f7f9", "#cfe5ec", "#7fb9cb", "#2b7f9b", "#0c3c4e"];
    return {
      height: Math.round(n * cell) + label + 56,
      canvas: n > 40,
      options: {
        ...common(),
        legend: undefined,
        grid: { left: label, top: 4, width: n * cell, height: n * cell },
        xAxis: axis({ rotate: 90 }), yAxis: { ...axis({}), inverse: true },
        visualMap: {
          min: 0, max: 1, calculable: false, orient: "horizontal", left: label, bottom: 4, itemWidth: 12, itemHeight: 120,
          text: ["100 %", "0 %"], textStyle: { color: colour("quiet"), fontSize: 12 }, inRange: { color: steps },
        },
        series: [{
          type: "heatmap", data: cells, progressive: 0,
          label: {
            show: few && cell >= 30, fontSize: 11,
            formatter: item => item.value[2] >= 0.005 ? Math.round(100 * item.value[2]).toString() : "",
          },
          itemStyle: { borderColor: colour("card"), borderWidth: few ? 1 : 0 },
          emphasis: { itemStyle: { borderColor: colour("warm"), borderWidth: 2 } },
        }],
      },
      steps: cells.map((c, i) => ({ series: 0, index: i, text: c.text })),
      row: few ? n : 1,
    };
  }

  function runs() {
    const all = data.runs;
    const names = all.map((run, i) => i + "|" + run.date + "  " + run.id);
    const withTruth = all.some(run => run.iou !== null);
    const text = run => run.date + "  " + run.id + (run.iou !== null ? "\nmean IU " + percent(run.iou) : "")
      + "\nmean confidence " + percent(run.confidence) + "\n" + count(run.labelled) + " labelled, " + count(run.rejected) + " rejected";
    const line = (name, key, tint, symbol) => ({
      name, type: "line", symbol, symbolSize: 8, showAllSymbol: all.length <= 60, lineStyle: { width: 2.5, color: tint }, itemStyle: { color: tint },
      data: all.map(run => ({ value: run[key], text: text(run) })),
    });
    const bar = (name, key, tint) => ({
      name, type: "bar", stack: "images", barMaxWidth: 28, xAxisIndex: 1, yAxisIndex: 1, itemStyle: { color: tint },
      data: all.map(run => ({ value: run[key], text: text(run) })),
    });
    const axis = (grid, show) => ({
      type: "category", gridIndex: grid, data: names, axisTick: { show: false }, axisLine: { lineStyle: { color: colour("line") } },
      axisLabel: { show, color: colour("ink"), hideOverlap: true, formatter: name => name.slice(name.indexOf("|") + 1).split("  ")[0] },
    });
    const lines = [line("mean confidence", "confidence", colour("warm"), "diamond")];
    if (withTruth) {
      lines.unshift(line("mean IU", "iou", colour("accent"), "circle"));
    }
    return {
      height: 372,
      options: {
        ...common(),
        grid: [{ left: 56, right: 16, top: 56, height: 160 }, { left: 56, right: 16, top: 246, height: 95 }],
        xAxis: [axis(0, false), axis(1, true)],
        yAxis: [
          percentAxis({ gridIndex: 0, scale: true, min: v => Math.max(0, Math.floor(v.min * 20 - 1) / 20), max: v => Math.min(1, Math.ceil(v.max * 20 + 1) / 20) }),
          { type: "value", gridIndex: 1, minInterval: 1, splitNumber: 2, axisLabel: { color: colour("quiet") }, splitLine: { lineStyle: { color: colour("line") } } },
        ],
        series: lines.concat([bar("labelled", "labelled", colour("accent-soft")), bar("rejected", "rejected", "#d04a3a")]),
      },
      steps: all.map((run, i) => ({ series: 0, index: i, text: text(run) })),
    };
  }

  const drawers = { "chart-scores": scores, "chart-shares": shares, "chart-confusion": confusion, "chart-runs": runs };
  const drawn = new Map();

  function draw(id) {
    const box = byId(id);
    if (!box) {
      return;
    }
    const chart = drawers[id]();
    box.style.height = chart.height + "px";
    drawn.get(id)?.echarts.dispose();
    const instance = echarts.init(box, null, { renderer: chart.canvas ? "canvas" : "svg" });
    instance.setOption(chart.options);
    drawn.set(id, { echarts: instance, steps: chart.steps, row: chart.row || 1, at: -1 });
  }

  function makeSteppable(box) {
    const caption = box.parentElement.querySelector("figcaption").textContent;
    box.tabIndex = 0;
    box.setAttribute("role", "application");
    box.setAttribute("aria-roledescription", "chart");
    box.setAttribute("aria-label", caption + ". Arrow keys step through the values; the same numbers are in a table below.");
    box.addEventListener("keydown", event => {
      const chart = drawn.get(box.id);
      const move = { ArrowRight: 1, ArrowDown: chart.row, ArrowLeft: -1, ArrowUp: -chart.row }[event.key];
      if (event.key === "Escape") {
        hide(chart);
      } else if (move && chart.steps.length > 0) {
        event.preventDefault();
        const to = chart.at < 0 ? 0 : chart.at + move;
        if (to >= 0 && to < chart.steps.length) {
          hide(chart);
          chart.at = to;
          const step = chart.steps[to];
          const target = { seriesIndex: step.series, dataIndex: step.index };
          chart.echarts.dispatchAction({ type: "highlight", ...target });
          chart.echarts.dispatchAction({ type: "showTip", ...target });
          say(step.text.replaceAll("\n", ", "));
        }
      }
    });
    box.addEventListener("blur", () => hide(drawn.get(box.id)));
  }

  function hide(chart) {
    if (chart.at >= 0) {
      const step = chart.steps[chart.at];
      chart.echarts.dispatchAction({ type: "downplay", seriesIndex: step.series, dataIndex: step.index });
    }
    chart.echarts.dispatchAction({ type: "hideTip" });
  }

  function drawAll() {
    Object.keys(drawers).forEach(draw);
  }

  document.querySelectorAll(".chart").forEach(makeSteppable);
  drawAll();
  if (order) {
    order.addEventListener("change", () => { draw("chart-scores"); draw("chart-shares"); });
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
  let width = window.innerWidth;
  let timer;
  window.addEventListener("resize", () => {
    if (window.innerWidth !== width) {
      width = window.innerWidth;
      clearTimeout(timer);
      timer = setTimeout(drawAll, 150);
    }
  });

  /* Pictures: panels become buttons, and overlay and errors are laid over the image. */

  const cards = [...document.querySelectorAll(".card")];
  const nameOf = card => card.querySelector("h3").textContent;

  function layersOf(card) {
    return new Map([...card.querySelectorAll("figure[data-layer]")]
      .filter(figure => figure.querySelector("img"))
      .map(figure => [figure.dataset.layer, figure]));
  }

  function copy(picture) {
    const image = document.createElement("img");
    image.src = picture.src;
    image.alt = "";
    image.decoding = "async";
    return image;
  }

  function compose(card) {
    if (card.dataset.composed) {
      return;
    }
    card.dataset.composed = "yes";
    const layers = layersOf(card);
    const image = layers.get("image")?.querySelector("img");
    const mask = layers.get("mask")?.querySelector("img");
    if (image && mask) {
      const figure = document.createElement("figure");
      figure.dataset.layer = "overlay";
      const picture = document.createElement("div");
      picture.className = "picture overlay";
      const over = copy(mask);
      picture.append(copy(image), over);
      over.alt = "Mask over the image";
      const caption = document.createElement("figcaption");
      caption.textContent = "Overlay";
      figure.append(picture, caption);
      layers.get("mask").after(figure);
    }
    const errors = layers.get("errors");
    if (errors) {
      const picture = errors.querySelector(".picture");
      picture.classList.add("errors");
      if (image) {
        picture.prepend(copy(image));
      }
    }
    for (const [layer, figure] of layersOf(card)) {
      const picture = figure.querySelector(".picture");
      const button = document.createElement("button");
      button.type = "button";
      button.className = picture.className;
      button.setAttribute("aria-label", figure.querySelector("figcaption").textContent + " of " + nameOf(card) + ": compare. "
        + [...picture.querySelectorAll("img")].map(i => i.alt).filter(alt => alt).join(" "));
      button.append(...picture.childNodes);
      button.addEventListener("click", () => open(card, layer));
      picture.replaceWith(button);
    }
  }

  const near = new IntersectionObserver(entries => {
    entries.filter(e => e.isIntersecting).forEach(e => {
      near.unobserve(e.target);
      compose(e.target);
    });
  }, { rootMargin: "800px" });
  cards.forEach(card => near.observe(card));

  /* Galleries and the filter by class. */

  const filters = byId("filters");

  function show() {
    const chosen = filters.querySelector("input[name=gallery]:checked");
    const gallery = chosen.value;
    const only = byId("class-filter").value;
    const shown = cards.filter(card => (!gallery || card.dataset[gallery] !== "")
      && (!only || only in JSON.parse(card.dataset.ious)));
    const rank = card => {
      const iou = only ? JSON.parse(card.dataset.ious)[only] : null;
      return iou !== null ? iou : only ? 2 : gallery ? Number(card.dataset[gallery]) : cards.indexOf(card);
    };
    shown.sort((a, b) => rank(a) - rank(b));
    cards.forEach(card => { card.hidden = !shown.includes(card); });
    byId("cards").append(...shown);
    byId("shown").textContent = shown.length + " of " + cards.length + " images: " + chosen.dataset.explanation
      + (only ? ", with " + byId("class-filter").selectedOptions[0].textContent : "");
  }

  if (filters) {
    filters.addEventListener("change", show);
    filters.addEventListener("submit", event => event.preventDefault());
    show();
  }

  /* Two pictures of an image, and a slider between them. */

  const dialog = byId("compare");
  const stage = byId("stage");
  const at = byId("compare-at");
  let current = null;

  function fill(side, layer) {
    const source = layersOf(current).get(layer).querySelector(".picture");
    const target = byId("stage-" + side);
    target.className = source.className.replace("picture", "").trim();
    target.replaceChildren(...[...source.querySelectorAll("img")].map(copy));
  }

  function slide() {
    stage.style.setProperty("--at", at.value + "%");
    at.setAttribute("aria-valuetext", at.value + " % " + byId("compare-left").selectedOptions[0]?.textContent);
  }

  function compare() {
    fill("left", byId("compare-left").value);
    fill("right", byId("compare-right").value);
    slide();
  }

  function choose(card, left, right) {
    current = card;
    compose(card);
    const layers = layersOf(card);
    for (const side of ["left", "right"]) {
      const select = byId("compare-" + side);
      select.replaceChildren(...[...layers].map(([layer, figure]) => new Option(figure.querySelector("figcaption").textContent, layer)));
    }
    const have = [...layers.keys()];
    byId("compare-left").value = layers.has(left) ? left : have[0];
    byId("compare-right").value = layers.has(right) ? right : have[have.length - 1];
    byId("compare-title").textContent = nameOf(card);
    const first = layers.values().next().value.querySelector("img");
    stage.style.setProperty("--ratio", first.getAttribute("width") + "/" + first.getAttribute("height"));
    stage.style.setProperty("--aspect", first.getAttribute("width") / first.getAttribute("height"));
    compare();
  }

  function open(card, layer) {
    choose(card, "image", layer === "image" ? "mask" : layer);
    at.value = 50;
    slide();
    dialog.showModal();
    at.focus();
  }

  function step(by) {
    const visible = [...byId("cards").querySelectorAll(".card:not([hidden])")].filter(card => layersOf(card).size > 0);
    const next = visible[(visible.indexOf(current) + by + visible.length) % visible.length];
    choose(next, byId("compare-left").value, byId("compare-right").value);
    say(nameOf(next));
  }

  function follow(event) {
    const box = stage.getBoundingClientRect();
    at.value = Math.round(100 * (event.clientX - box.left) / box.width);
    slide();
  }

  at.addEventListener("input", slide);
  byId("compare-left").addEventListener("change", compare);
  byId("compare-right").addEventListener("change", compare);
  byId("compare-before").addEventListener("click", () => step(-1));
  byId("compare-next").addEventListener("click", () => step(1));
  byId("compare-close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", event => { if (event.target === dialog) { dialog.close(); } });
  stage.addEventListener("pointerdown", event => { stage.setPointerCapture(event.pointerId); follow(event); });
  stage.addEventListener("pointermove", event => { if (stage.hasPointerCapture(event.pointerId)) { follow(event); } });
})();
