/** Elements without markup strings: text is always a text node, so nothing a message says can become HTML. */
type Attributes = Record<string, string | number | boolean | null | undefined | ((event: never) => void)>;
type Child = Node | string | null | false | undefined;

export function el<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value as EventListener);
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) if (child) element.append(child);
  return element;
}

/** Shapes from Lucide (https://lucide.dev, ISC licence): path data, or "x y r" for a circle. */
const SHAPES = {
  chat: ["M2.992 16.342a2 2 0 0 1 .094 1.167l-1.065 3.29a1 1 0 0 0 1.236 1.168l3.413-.998a2 2 0 0 1 1.099.092 10 10 0 1 0-4.777-4.719"],
  close: ["M18 6 6 18", "m6 6 12 12"],
} as const;

export function svg(shapes: readonly string[], size = 20): SVGSVGElement {
  const make = (tag: string, attributes: Record<string, string>) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  };
  const icon = make("svg", {
    viewBox: "0 0 24 24",
    width: String(size),
    height: String(size),
    fill: "none",
    stroke: "currentColor",
    "stroke-width": "1.75",
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
    "aria-hidden": "true",
  });
  for (const shape of shapes) {
    const circle = /^(\S+) (\S+) (\S+)$/.exec(shape);
    icon.append(
      circle && !/^[mM]/.test(shape)
        ? make("circle", { cx: circle[1] ?? "", cy: circle[2] ?? "", r: circle[3] ?? "" })
        : make("path", { d: shape }),
    );
  }
  return icon as SVGSVGElement;
}

export const chatIcon = (size?: number) => svg(SHAPES.chat, size);
export const closeIcon = (size?: number) => svg(SHAPES.close, size);
