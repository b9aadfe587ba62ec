// Tags, choosing several conversations, macros and writing tools: what stands there at once. The rest comes with them.

export const sorting = {
  tags: "Tags",
  tag: "Tag",
  tagged: "Tag",
  select: "Choose several conversations",
  pick: (name: string) => `Choose ${name}`,
  macros: "Macros",
  tools: "Formatting",
  emoji: "Emoji",
};
