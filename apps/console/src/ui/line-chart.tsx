import 'uplot/dist/uPlot.min.css'
import { Box, Button, Group, Paper, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconChartLine, IconTable } from '@tabler/icons-react'
import { useId, useState } from 'react'
import type { KeyboardEvent } from 'react'
import { ChartLegend } from './chart-legend.tsx'
import { ChartTable } from './chart-table.tsx'
import type { Series } from './series.ts'
import { usePlot } from './use-plot.ts'

interface LineChartProps {
  readonly title: string
  readonly series: Series
}

const HEIGHT = 210

/** Lines over time: to look at, to walk through by the arrow keys, or as a table. */
export function LineChart({ title, series }: LineChartProps) {
  const id = useId()
  const [isTable, { toggle, open: showTable }] = useDisclosure(false)
  return (
    <Paper withBorder p="md" component="section" aria-labelledby={id} miw={0}>
      <Group justify="space-between" mb={4} wrap="nowrap">
        <Title order={2} size="h5" id={id}>
          {title}
        </Title>
        <Button
          size="compact-xs"
          variant="subtle"
          color="gray"
          onClick={toggle}
          leftSection={isTable ? <IconChartLine size={14} aria-hidden /> : <IconTable size={14} aria-hidden />}
          aria-label={isTable ? `${title} as a chart` : `${title} as a table`}
          mih={24}
        >
          {isTable ? 'Chart' : 'Table'}
        </Button>
      </Group>
      {isTable ? (
        <ChartTable title={title} series={series} height={HEIGHT + 28} />
      ) : (
        <Plot title={title} series={series} onFail={showTable} />
      )}
    </Paper>
  )
}

function Plot({ title, series, onFail }: LineChartProps & { readonly onFail: () => void }) {
  const [step, setStep] = useState<number>()
  const { ref, moveTo } = usePlot({ series, height: HEIGHT, onStep: setStep, onFail })
  const walk = (event: KeyboardEvent) => {
    const next = nextStep(event.key, step, series.at.length)
    if (next === undefined) return
    event.preventDefault()
    moveTo(next)
    setStep(next)
  }
  return (
    <>
      <ChartLegend series={series} step={step} />
      <Box
        ref={ref}
        h={HEIGHT}
        tabIndex={0}
        role="group"
        aria-label={`${title}, a chart: left and right arrow go from step to step`}
        onKeyDown={walk}
      />
    </>
  )
}

function nextStep(key: string, step: number | undefined, count: number): number | undefined {
  const last = count - 1
  if (key === 'Home') return 0
  if (key === 'End') return last
  if (key === 'ArrowLeft') return step === undefined ? last : Math.max(0, step - 1)
  if (key === 'ArrowRight') return step === undefined ? 0 : Math.min(last, step + 1)
  return undefined
}
