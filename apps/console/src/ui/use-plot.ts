import { useComputedColorScheme } from '@mantine/core'
import { useEffect, useRef } from 'react'
import type uPlot from 'uplot'
import { axisTime } from './series.ts'
import type { Series } from './series.ts'

interface PlotOptions {
  readonly series: Series
  readonly height: number
  /** Which step the pointer or the keyboard is at; undefined for none. */
  readonly onStep: (index: number | undefined) => void
  /** There can be no plot in this browser: it refuses unusual language tags, for one, such as of some test machines. */
  readonly onFail: () => void
}

const FONT = '12px system-ui, sans-serif'

/** A plot in the element of `ref`, as wide as that, in the colours of the scheme; kept while only its numbers change. */
export function usePlot({ series, height, onStep, onFail }: PlotOptions) {
  const ref = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(undefined)
  const latest = useRef({ series, onStep, onFail })
  latest.current = { series, onStep, onFail }
  const scheme = useComputedColorScheme('light')
  const shape = series.lines.map(({ label, color }) => `${label} ${color}`).join()

  useEffect(() => {
    const element = ref.current!
    const observer = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height }))
    let isGone = false
    import('uplot').then(
      ({ default: Plot }) => {
        if (isGone) return
        const options = optionsFor(element, height, () => latest.current)
        plot.current = new Plot(options, dataOf(latest.current.series), element)
        observer.observe(element)
      },
      () => latest.current.onFail(),
    )
    return () => {
      isGone = true
      observer.disconnect()
      plot.current?.destroy()
      plot.current = undefined
    }
  }, [scheme, shape, height])

  useEffect(() => plot.current?.setData(dataOf(series)), [series])

  /** The cursor to a step, as from the keyboard. */
  const moveTo = (index: number) => {
    const made = plot.current
    const at = series.at[index]
    if (made && at !== undefined) made.setCursor({ left: made.valToPos(at / 1000, 'x'), top: height / 3 })
  }
  return { ref, moveTo }
}

const dataOf = ({ at, lines }: Series): uPlot.AlignedData => [
  at.map((time) => time / 1000),
  ...lines.map(({ values, hidesZero }) => (hidesZero ? values.map(unlessFlat) : [...values])),
]

/** A rise begins and ends at the axis. */
const unlessFlat = (value: number | null, index: number, values: readonly (number | null)[]): number | null =>
  [values[index - 1], value, values[index + 1]].some((each) => (each ?? 0) > 0) ? value : null

/** A line needs two points beside each other: those that have no neighbour are dots. */
const lonePoints: uPlot.Series.Points.Filter = (plot, line) => {
  const values = plot.data[line]!
  const isThere = (index: number) => values[index] !== null && values[index] !== undefined
  return [...values.keys()].filter((index) => isThere(index) && !isThere(index - 1) && !isThere(index + 1))
}

function optionsFor(
  element: HTMLElement,
  height: number,
  latest: () => { readonly series: Series; readonly onStep: PlotOptions['onStep'] },
): uPlot.Options {
  const styles = getComputedStyle(element)
  const color = (name: string) => styles.getPropertyValue(`--mantine-color-${name}`).trim()
  const axis = {
    stroke: color('dimmed'),
    font: FONT,
    grid: { stroke: color('default-border'), width: 1 },
    ticks: { show: false },
  }
  const { lines } = latest().series
  return {
    width: element.clientWidth,
    height,
    padding: [12, 20, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { size: 7 }, drag: { x: false, y: false } },
    scales: { y: { range: (_, __, max) => [0, Math.max(max * 1.08, latest().series.least ?? 1)] } },
    axes: [
      {
        ...axis,
        grid: { show: false },
        values: (_, splits) => splits.map((at) => axisTime(at * 1000)),
        space: 64,
        size: 26,
      },
      { ...axis, values: (_, splits) => splits.map((value) => latest().series.format(value)), size: 58 },
    ],
    series: [
      {},
      ...lines.map((line) => ({
        label: line.label,
        stroke: color(`${line.color}-text`),
        width: 2,
        points: line.spansGaps ? { show: false } : { filter: lonePoints },
        spanGaps: line.spansGaps ?? false,
        ...(line.dash && { dash: [...line.dash] }),
        ...(line.isFilled && { fill: color(`${line.color}-light`) }),
      })),
    ],
    hooks: { setCursor: [({ cursor }) => latest().onStep(cursor.idx ?? undefined)] },
  }
}
