
// Filters the nodes and says what a cell is. Without it all nodes are shown.
(function () {
  var form = document.querySelector(".filter");
  var blocks = Array.prototype.map.call(document.querySelectorAll(".block"), function (block) {
    var where = (block.dataset.pool + " " + block.dataset.subnet).toLowerCase();
    return {
      node: block,
      pool: "=" + block.dataset.pool,
      subnet: "=" + block.dataset.subnet,
      list: block.querySelector(".cells"),
      cells: Array.prototype.map.call(block.querySelectorAll(".cells > li"), function (cell) {
        var text = (cell.title + " " + where).toLowerCase();
        return { node: cell, group: "=" + cell.dataset.g, text: text, shown: true };
      })
    };
  });
  var all = blocks.reduce(function (sum, block) { return sum + block.cells.length; }, 0);

  function fits(wanted, value) { return !wanted || wanted === value; }

  // Cells go and come from the top, some hundred at a time, so that a page of thousands answers the
  // next key while the rest is still under way.
  var SOME = 600;
  var due = [];
  var timer = 0;

  function change(most) {
    due.splice(0, most).forEach(function (cell) {
      cell.shown = !cell.shown;
      cell.node.hidden = !cell.shown;
    });
    timer = due.length ? window.setTimeout(function () { change(SOME); }, 0) : 0;
  }

  function filter() {
    var told = form.elements;
    var text = told.text.value.trim().toLowerCase();
    var shown = 0;
    window.clearTimeout(timer);
    due = [];
    blocks.forEach(function (block) {
      var here = fits(told.pool.value, block.pool) && fits(told.subnet.value, block.subnet);
      var left = 0;
      block.cells.forEach(function (cell) {
        var show = here && fits(told.verdict.value, cell.group) && cell.text.indexOf(text) >= 0;
        if (show !== cell.shown) { due.push(cell); }
        left += show;
      });
      block.node.hidden = !left;
      shown += left;
    });
    change(SOME);
    form.querySelector("output").textContent = shown + " of " + all + " nodes";
  }

  var now = null;

  function point(cell) {
    var block = cell.closest(".block");
    var detail = cell.closest(".nodes").querySelector(".detail");
    var place = block.querySelector("h3").firstChild.textContent.trim();
    if (now) { now.classList.remove("now"); }
    now = cell;
    now.classList.add("now");
    detail.textContent = cell.title + ". " + place + ".";
    detail.hidden = false;
  }

  // Arrow keys walk over the cells that are shown.
  function walk(event, block) {
    var steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -Infinity, End: Infinity };
    var step = steps[event.key];
    if (!step) { return; }
    var cells = block.cells.filter(function (cell) { return cell.shown; });
    var place = cells.findIndex(function (cell) { return cell.node === now; });
    var next = place < 0 && step > 0 && isFinite(step) ? 0 : place + step;
    event.preventDefault();
    point(cells[Math.min(cells.length - 1, Math.max(0, next))].node);
  }

  if (!form) { return; }
  form.hidden = false;
  form.addEventListener("input", filter);
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  function name() { document.body.classList.toggle("named", form.elements.names.checked); }

  form.elements.names.addEventListener("change", name);
  form.addEventListener("reset", function () {
    window.setTimeout(function () { filter(); name(); }, 0);
  });
  blocks.forEach(function (block) {
    block.list.tabIndex = 0;
    block.list.addEventListener("keydown", function (event) { walk(event, block); });
    block.list.addEventListener("click", function (event) {
      var cell = event.target.closest("li");
      if (cell) { point(cell); }
    });
  });
  window.addEventListener("beforeprint", function () { change(due.length); });
  filter();
})();
