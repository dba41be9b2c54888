// What a question to the server looks like while it waits, when it failed, and when the answer is there.
import { Skeleton } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { rowClasses } from "./rows";
import { ErrorState } from "./states";

export function Answer<T>(props: {
  to: UseQueryResult<T>;
  /** The layout that is about to come; rows without it. */
  skeleton?: ReactNode;
  children: (data: T) => ReactNode;
}) {
  const { to } = props;
  if (to.data !== undefined) return props.children(to.data);
  if (to.isError) return <ErrorState error={to.error} onRetry={() => void to.refetch()} />;
  return props.skeleton ?? <RowsSkeleton />;
}

export function RowsSkeleton(props: { count?: number }) {
  return (
    <ul className={rowClasses.rows} aria-busy>
      {Array.from({ length: props.count ?? 3 }, (_, n) => (
        <li key={n}>
          <div className={rowClasses.row}>
            <Skeleton height={32} width={32} />
            <span className={rowClasses.text}>
              <Skeleton height={13} width={180} />
              <Skeleton height={11} width={110} mt={5} />
            </span>
          </div>
        </li>
      ))}
    </ul>
  );
}
