// The unit board. Arrow keys move to the nearest tile in that direction; Home and End to the first and last.
(() => {
  "use strict";
  const board = document.querySelector("[data-board]");
  if (!board) return;
  // Nobody should read the unit before in place of the one that is on its way.
  board.addEventListener("htmx:beforeRequest", (event) => event.detail.target.replaceChildren());
  const middle = (tile) => { const box = tile.getBoundingClientRect(); return [box.left + box.width / 2, box.top + box.height / 2]; };
  board.addEventListener("keydown", (event) => {
    const here = event.target.closest(".a-tile");
    const tiles = [...board.querySelectorAll(".a-tile")];
    if (!here) return;
    if (event.key === "Home" || event.key === "End") {
      event.preventDefault();
      tiles.at(event.key === "Home" ? 0 : -1).focus();
      return;
    }
    const direction = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!direction) return;
    event.preventDefault();
    const [x, y] = middle(here);
    let best = null;
    let least = Infinity;
    for (const tile of tiles) {
      const [a, b] = middle(tile);
      const ahead = (a - x) * direction[0] + (b - y) * direction[1];
      // Sideways costs more than ahead, so that "down" stays in its column.
      const aside = Math.abs((a - x) * direction[1]) + Math.abs((b - y) * direction[0]);
      if (ahead > 4 && (direction[0] === 0 || aside < 8) && ahead + aside * 3 < least) { best = tile; least = ahead + aside * 3; }
    }
    best?.focus();
  });
})();
