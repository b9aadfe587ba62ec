// A figure over the period, drawn: bars for what is counted, a line for the rest, and the period before behind it.

import { useState } from "preact/hooks";
import { useLanguage } from "../ui/hooks";
import { useWidth, useWords } from "./parts";
import type { Figure, Step } from "./types";
import { brief, stepName, ticks, told } from "./values";

const HEIGHT = 260;
const TOP = 12;
const BOTTOM = 26;
const RIGHT = 8;

interface ChartProps {
  figure: Figure;
  steps: string[];
  step: Step;
  /** Opens what is behind one step. */
  onOpen(at: number): void;
}

export function Chart({ figure, steps, step, onOpen }: ChartProps) {
  const words = useWords();
  const language = useLanguage();
  const [place, width] = useWidth(720);
  const [at, point] = useState<number | null>(null);
  const { course, unit } = figure;
  // Periods may have one step more or less than the one before: the last ones stand above each other.
  const shift = figure.course_before.length - course.length;
  const before = course.map((_, index) => figure.course_before[index + shift] ?? null);
  const most = Math.max(0, ...course.map((one) => one ?? 0), ...before.map((one) => one ?? 0));
  const lines = ticks(most, unit);
  const top = lines[lines.length - 1] ?? 1;
  const labels = lines.map((one) => brief(one, unit, language));
  const left = 14 + 7 * Math.max(...labels.map((one) => one.length));
  const wide = Math.max(40, width - left - RIGHT);
  const x = (index: number): number => left + (wide * (index + 0.5)) / course.length;
  const y = (value: number): number => HEIGHT - BOTTOM - ((HEIGHT - TOP - BOTTOM) * value) / top;
  const name = (index: number): string => stepName(steps[index] ?? "", step, language, true);
  const said = (index: number): string => {
    const was = before[index] ?? null;
    return `${name(index)}: ${told(course[index] ?? null, unit, language)}, ${words.before(told(was, unit, language))}`;
  };
  const press = (event: KeyboardEvent): void => {
    const now = at ?? -1;
    const moved: Record<string, number> = { ArrowRight: now + 1, ArrowUp: now + 1, ArrowLeft: now - 1, ArrowDown: now - 1, Home: 0, End: course.length - 1 };
    const to = moved[event.key];
    if (to !== undefined) {
      event.preventDefault();
      point(Math.min(course.length - 1, Math.max(0, to)));
    } else if (event.key === "Enter" && at !== null) {
      event.preventDefault();
      onOpen(at);
    }
  };
  const move = (event: PointerEvent): void => {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    const index = Math.floor(((event.clientX - box.left - left) / wide) * course.length);
    point(index < 0 || index >= course.length ? null : index);
  };
  const every = Math.max(1, Math.ceil((course.length * 58) / wide));
  const bars = figure.fold === "count" || figure.fold === "sum";
  const thick = Math.max(2, Math.min(34, (wide / course.length) * 0.62));
  return (
    <div ref={place} class="rep-chart">
      <div
        class="rep-chart-area" role="slider" tabIndex={0} aria-label={`${words.course(figure.name)}. ${words.keys}`}
        aria-valuemin={0} aria-valuemax={course.length - 1} aria-valuenow={at ?? 0} aria-valuetext={said(at ?? 0)} data-testid="rep-chart"
        onKeyDown={press} onPointerMove={move} onPointerLeave={() => point(null)} onBlur={() => point(null)} onClick={() => at !== null && onOpen(at)}
      >
        <svg width={width} height={HEIGHT} aria-hidden="true">
          {lines.map((one, index) => (
            <g key={one}>
              <line class="rep-grid" x1={left} x2={width - RIGHT} y1={y(one)} y2={y(one)} />
              <text class="rep-axis" x={left - 8} y={y(one) + 4} text-anchor="end">{labels[index]}</text>
            </g>
          ))}
          {steps.map((day, index) => (course.length - 1 - index) % every === 0 && (
            <text key={day} class="rep-axis" x={x(index)} y={HEIGHT - 8} text-anchor="middle">{stepName(day, step, language)}</text>
          ))}
          {at !== null && <rect class="rep-here" x={x(at) - wide / course.length / 2} width={wide / course.length} y={TOP} height={HEIGHT - TOP - BOTTOM} />}
          {bars
            ? course.map((value, index) => value ? <path key={index} class="rep-bar" d={bar(x(index), y(value), thick, y(0))} /> : null)
            : runs(course).map((run) => (
              <g key={run[0]}>
                {run.length > 1 && <path class="rep-area" d={`${path(run, course, x, y)}L${x(run[run.length - 1] ?? 0)},${y(0)}L${x(run[0] ?? 0)},${y(0)}Z`} />}
                <path class="rep-line" d={path(run, course, x, y)} />
                {run.length === 1 && <circle class="rep-dot" cx={x(run[0] ?? 0)} cy={y(course[run[0] ?? 0] ?? 0)} r={3} />}
              </g>
            ))}
          {runs(before).map((run) => <path key={run[0]} class="rep-line-before" d={path(run, before, x, y)} />)}
          {at !== null && course[at] !== null && course[at] !== undefined && <circle class="rep-dot" cx={x(at)} cy={y(course[at])} r={4.5} />}
        </svg>
      </div>
      {at !== null && (
        <div class="rep-tip" style={{ left: `${Math.min(Math.max(x(at), 84), width - 84)}px` }}>
          <strong>{name(at)}</strong>
          <span>{told(course[at] ?? null, unit, language)}</span>
          <span class="quiet">{words.before(told(before[at] ?? null, unit, language))}</span>
        </div>
      )}
      <p class="rep-legend" aria-hidden="true"><span class="rep-key" />{words.now}<span class="rep-key rep-key-before" />{words.then}</p>
    </div>
  );
}

/** The places at which a course goes on without a gap. */
export function runs(course: (number | null)[]): number[][] {
  const found: number[][] = [];
  course.forEach((value, index) => {
    if (value === null) return;
    const last = found[found.length - 1];
    if (last && last[last.length - 1] === index - 1) last.push(index);
    else found.push([index]);
  });
  return found;
}

function path(run: number[], course: (number | null)[], x: (at: number) => number, y: (value: number) => number): string {
  return run.map((index, place) => `${place ? "L" : "M"}${x(index).toFixed(1)},${y(course[index] ?? 0).toFixed(1)}`).join("");
}

/** A bar that is round at its end. */
function bar(middle: number, end: number, thick: number, ground: number): string {
  const round = Math.min(4, thick / 2, Math.abs(ground - end));
  const [from, to] = [middle - thick / 2, middle + thick / 2];
  return `M${from},${ground}V${end + round}Q${from},${end} ${from + round},${end}H${to - round}Q${to},${end} ${to},${end + round}V${ground}Z`;
}

export function CourseTable({ figure, steps, step }: Omit<ChartProps, "onOpen">) {
  const words = useWords();
  const language = useLanguage();
  const shift = figure.course_before.length - figure.course.length;
  return (
    <table class="rep-table" data-testid="rep-course-table">
      <caption class="sr">{words.course(figure.name)}</caption>
      <thead><tr><th scope="col">{words.steps[step]}</th><th scope="col" class="rep-number">{words.now}</th><th scope="col" class="rep-number">{words.then}</th></tr></thead>
      <tbody>
        {steps.map((day, index) => (
          <tr key={day}>
            <th scope="row">{stepName(day, step, language, true)}</th>
            <td class="rep-number">{told(figure.course[index] ?? null, figure.unit, language)}</td>
            <td class="rep-number">{told(figure.course_before[index + shift] ?? null, figure.unit, language)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** A figure's course in a tile: a shape, no numbers. */
export function Spark({ course, bars }: { course: (number | null)[]; bars: boolean }) {
  const most = Math.max(...course.map((one) => one ?? 0), 1e-9);
  const x = (at: number): number => (course.length > 1 ? (at * 100) / (course.length - 1) : 50);
  const y = (value: number): number => 26 - (24 * value) / most;
  return (
    <svg class="rep-spark" viewBox="0 0 100 28" preserveAspectRatio="none" aria-hidden="true">
      {bars
        ? course.map((value, at) => <rect key={at} class="rep-spark-bar" x={(at * 100) / course.length} width={(100 / course.length) * 0.7} y={y(value ?? 0)} height={26 - y(value ?? 0)} />)
        : runs(course).map((run) => <path key={run[0]} class="rep-spark-line" vector-effect="non-scaling-stroke" d={path(run.length > 1 ? run : [...run, ...run], course, x, y)} />)}
    </svg>
  );
}
