/* What the browser does by itself: the address is the state, so every control, link and chart click ends in go(). Nothing is sent anywhere. */
(function () {
  "use strict";

  var kept = null;  // what had the focus, and how far down, before the view changed

  function go(href) {
    var to = new URL(href, location.href);
    if (to.origin !== location.origin) return;
    var address = to.pathname + to.search;
    if (address === location.pathname + location.search) return;
    kept = { id: document.activeElement && document.activeElement.id, y: window.scrollY };
    history.pushState({}, "", address);
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
  }

  function download(href, name) {
    var link = document.createElement("a");
    link.href = href;
    link.download = name;
    link.setAttribute("data-native", "download");
    document.body.appendChild(link);
    link.click();
    link.remove();
  }

  function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
  }

  // A chart as a picture: with its title and the release under it, on the theme's ground.
  function picture(button) {
    var card = button.closest(".card");
    var plot = card && card.querySelector(".js-plotly-plot");
    if (!plot || !window.Plotly) return;
    var title = button.getAttribute("data-title");
    var release = document.querySelector(".standing code");
    var figure = JSON.parse(JSON.stringify({ data: plot.data, layout: plot.layout }));
    figure.layout.paper_bgcolor = figure.layout.plot_bgcolor = colour("ground");
    figure.layout.title = { text: title, x: 0.01, xanchor: "left", font: { size: 16 } };
    figure.layout.margin = Object.assign({}, figure.layout.margin, { t: 56, b: 44, l: 16, r: 24 });
    figure.layout.height = (figure.layout.height || 300) + 90;
    figure.layout.annotations = (figure.layout.annotations || []).concat({
      text: "Midpoint, release " + (release ? release.title : ""), xref: "paper", yref: "paper", x: 0, y: 0, yshift: -figure.layout.margin.b,
      yanchor: "bottom", xanchor: "left", showarrow: false, font: { size: 11, color: colour("quiet") }
    });
    var kind = button.getAttribute("data-image");
    var width = Math.max(plot.clientWidth, 640);
    window.Plotly.toImage(figure, { format: kind, width: width, height: figure.layout.height, scale: kind === "png" ? 2 : 1 }).then(
      function (href) { download(href, title.replace(/[^A-Za-z0-9]+/g, "-").toLowerCase() + "." + kind); });
  }

  function say(button, text) {
    var before = button.textContent;
    button.textContent = text;
    setTimeout(function () { button.textContent = before; }, 1600);
  }

  document.addEventListener("click", function (event) {
    if (!event.target.closest) return;
    var skip = event.target.closest("a.skip");
    if (skip) {
      event.preventDefault();
      var heading = document.getElementById("heading");
      if (heading) heading.focus();
      return;
    }
    var link = event.target.closest("a[href]");
    if (link && !link.hasAttribute("download") && !link.hasAttribute("data-native") && !link.target && !event.defaultPrevented
      && event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey
      && new URL(link.href, location.href).origin === location.origin) {
      event.preventDefault();
      go(link.getAttribute("href"));
      return;
    }
    var button = event.target.closest("button");
    if (!button) return;
    if (button.hasAttribute("data-image")) picture(button);
    else if (button.hasAttribute("data-print")) window.print();
    else if (button.hasAttribute("data-copy")) {
      navigator.clipboard.writeText(location.href).then(function () { say(button, "Copied"); }, function () { say(button, "Not allowed"); });
    } else if (button.hasAttribute("data-theme")) {
      var now = document.documentElement.getAttribute("data-mantine-color-scheme");
      window.dash_clientside.set_props("theme", { data: now === "dark" ? "light" : "dark" });
    } else if (button.hasAttribute("data-column")) {
      var on = button.getAttribute("aria-checked") !== "true";
      button.setAttribute("aria-checked", String(on));
      button.textContent = on ? "✓" : "";
      var grid = button.closest(".card").querySelector(".ag-root-wrapper").closest("[id]");
      window.dash_ag_grid.getApi(JSON.parse(grid.id)).setColumnsVisible([button.getAttribute("data-column")], on);
    }
  });

  // Enter opens the link of a grid's cell, whose focus is the cell's; Escape closes what is open, as the browser does not for <details>.
  document.addEventListener("keydown", function (event) {
    var cell = event.key === "Enter" && event.target.closest && event.target.closest(".ag-cell");
    var opened = cell && cell.querySelector("a[href]");
    if (opened) go(opened.getAttribute("href"));
    if (event.key === "Escape") document.querySelectorAll("details.columns[open]").forEach(function (d) { d.open = false; });
  });

  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", function (event) {
    if (!JSON.parse(localStorage.getItem("theme") || "null")) {
      window.dash_clientside.set_props("scheme", { data: event.matches ? "dark" : "light" });
    }
  });

  var none = function () { return window.dash_clientside.no_update; };
  var path = null;

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    midpoint: {
      // The theme: what the reader chose, else what the system says.
      scheme: function (chosen) {
        return chosen || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
      },
      mantine: function (scheme) { return scheme; },
      // A page was shown: its title; on another page the top and the heading, on the same one the place and the focus as they were.
      shown: function (page) {
        if (!page) return none();
        document.title = page.title;
        var isOther = path !== null && page.path !== path;
        var before = kept;
        kept = null;
        path = page.path;
        setTimeout(function () {
          document.documentElement.setAttribute("data-shown", page.path + page.search);
          if (isOther) {
            window.scrollTo(0, 0);
            var heading = document.getElementById("heading");
            if (heading) heading.focus({ preventScroll: true });
          } else if (before) {
            var control = before.id && document.getElementById(before.id);
            if (control && document.activeElement === document.body) control.focus({ preventScroll: true });
            window.scrollTo(0, before.y);
          }
        }, 50);
        return none();
      },
      // A control of the filter bar was changed: write the address, unless it says so already.
      filter: function () {
        var context = window.dash_clientside.callback_context;
        var form = document.querySelector("form.filters");
        if (!form || form.getAttribute("data-search") !== location.search) return none();  // made for another address: nobody changed it
        var made = JSON.parse(form.getAttribute("data-values"));
        var query = new URLSearchParams(location.search);
        var changed = false;
        context.triggered.forEach(function (one) {
          var dot = one.prop_id.lastIndexOf(".");
          if (dot < 0) return;
          var id = JSON.parse(one.prop_id.slice(0, dot));
          var name = id.filter || id.switch;
          var first = { basis: "service", definition: "default" }[name] || "";
          var value = one.value === true ? "1" : one.value === false || one.value === null || one.value === undefined ? "" : String(one.value);
          if (value === (made[name] || "")) return;  // as it was made
          if (value === first) value = "";
          if (value) query.set(name, value); else query.delete(name);
          changed = true;
        });
        if (changed) go(location.pathname + (query.toString() ? "?" + query : ""));
        return none();
      },
      // A mark of a chart was clicked: its customdata begins with the address that it leads to.
      click: function () {
        window.dash_clientside.callback_context.triggered.forEach(function (one) {
          var point = one.value && one.value.points && one.value.points[0];
          var data = point && point.customdata;
          var href = Array.isArray(data) ? data[0] : data;
          if (typeof href === "string" && /^[/?]/.test(href)) go(href === "?" ? location.pathname : href);
        });
        return none();
      }
    }
  });

  window.dashAgGridComponentFunctions = Object.assign({}, window.dashAgGridComponentFunctions, {
    MidpointLink: function (props) {
      var href = props.data && props.data[props.address];
      return href ? window.React.createElement("a", { href: href }, props.value) : window.React.createElement("span", null, props.value);
    }
  });

  window.dashAgGridFunctions = Object.assign({}, window.dashAgGridFunctions, {
    midpointTheme: function (base) {
      return base.withParams({
        fontFamily: "inherit", fontSize: 13, headerFontSize: 12, spacing: 6, wrapperBorderRadius: 6, backgroundColor: "var(--ground)",
        foregroundColor: "var(--text)", headerTextColor: "var(--quiet)", headerBackgroundColor: "var(--panel)", borderColor: "var(--line)",
        accentColor: "var(--under)", rowHoverColor: "var(--panel)", browserColorScheme: "inherit", chromeBackgroundColor: "var(--panel)",
        inputBackgroundColor: "var(--ground)", inputTextColor: "var(--text)", menuBackgroundColor: "var(--ground)",
        tooltipBackgroundColor: "var(--ground)", tooltipTextColor: "var(--text)"
      });
    }
  });
})();
