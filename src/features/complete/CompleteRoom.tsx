/** Where trained models will complete code; until then it says so and shows what is there. */
import { Anchor, List, Text, Title } from '@mantine/core';
import { useMemo } from 'react';
import { Link } from 'wouter';
import { useShallow } from 'zustand/react/shallow';
import { modelColour } from '../../charts/colours.ts';
import { formatMoment, formatPercent, MODEL_TITLES } from '../../core/format.ts';
import { useRuns } from '../../lab/stores.ts';

export function CompleteRoom() {
  const runs = useRuns(useShallow((state) => Object.values(state.runs)));
  const trained = useMemo(
    () => runs.filter(({ bestEpoch }) => bestEpoch !== null).toSorted((a, b) => b.createdAt - a.createdAt),
    [runs],
  );
  return (
    <section className="sheet narrow-sheet">
      <Title order={1}>Complete</Title>
      <Text mt="xs">
        Here you will type Python and see what a model you trained would write next. That comes with a later version of
        the lab; training, comparing and taking weights away already work.
      </Text>
      {trained.length === 0 ? (
        <Text mt="md">
          No model is trained yet:{' '}
          <Anchor component={Link} href="/train" underline="always">
            go to Train
          </Anchor>
          .
        </Text>
      ) : (
        <>
          <Title order={2} mt="lg" mb="xs">
            Trained so far
          </Title>
          <List listStyleType="none" spacing={6} aria-label="Trained models">
            {trained.map((run) => {
              const best = run.epochs.find(({ epoch }) => epoch === run.bestEpoch);
              return (
                <List.Item key={run.id}>
                  <span className="model-name">
                    <span className="swatch" style={{ background: modelColour(run.model) }} aria-hidden />
                    {MODEL_TITLES[run.model]}
                  </span>{' '}
                  <Text span size="sm" c="dimmed">
                    {run.config.preset}, {formatMoment(run.createdAt)}, top-5 {formatPercent(best?.validation.top5)} on
                    validation
                  </Text>
                </List.Item>
              );
            })}
          </List>
        </>
      )}
    </section>
  );
}
