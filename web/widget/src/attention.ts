/** What calls a visitor who looks elsewhere: a count in the page's title, and a soft tone where they asked for one. */
import type { Store } from "./storage";

const COUNT = /^\(\d+\+?\) /;

/** The page's own title. */
export const bareTitle = () => document.title.replace(COUNT, "");

/** Writes the count before the title, or takes it away; the page may change its title meanwhile. */
export function countInTitle(count: number): void {
  const title = bareTitle();
  const wanted = count > 0 ? `(${count > 9 ? "9+" : count}) ${title}` : title;
  if (document.title !== wanted) document.title = wanted;
}

export class Tone {
  private context: AudioContext | null = null;

  constructor(private readonly store: Store) {}

  get on(): boolean {
    return this.store.get("sound") === "on";
  }

  /** Turns it on, and lets it be heard once: browsers allow sound from a click on. */
  toggle(): boolean {
    if (this.on) this.store.remove("sound");
    else {
      this.store.set("sound", "on");
      this.play();
    }
    return this.on;
  }

  play(): void {
    if (!this.on) return;
    try {
      this.context ??= new AudioContext();
      const { context } = this;
      void context.resume();
      const now = context.currentTime;
      const tone = context.createOscillator();
      const volume = context.createGain();
      tone.frequency.setValueAtTime(587, now);
      tone.frequency.setValueAtTime(784, now + 0.12);
      volume.gain.setValueAtTime(0, now);
      volume.gain.linearRampToValueAtTime(0.05, now + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.0001, now + 0.5);
      tone.connect(volume).connect(context.destination);
      tone.start(now);
      tone.stop(now + 0.55);
    } catch {
      // A browser that refuses sound loses nothing else.
    }
  }
}
