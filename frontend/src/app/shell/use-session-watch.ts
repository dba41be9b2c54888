// Asks now and then who is signed in, so that a session that was ended elsewhere does not look alive here.
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import { useApi } from "@/api/context";
import { Problem } from "@/api/problem";
import { meQuery } from "@/api/queries";
import { saidOf } from "@/lib/session/said";

const everyMs = 60_000;

export function useSessionWatch(): void {
  const api = useApi();
  const router = useRouter();
  const navigate = useNavigate();
  const { error, data } = useQuery({ ...meQuery(api), refetchInterval: everyMs });
  const limited = data?.second_factor.limited === true;
  useEffect(() => {
    if (error instanceof Problem && error.status === 401) {
      const { href: next, pathname } = router.state.location;
      if (pathname === "/sign-in") return;
      void navigate({ to: "/sign-in", search: { next, ...saidOf(error) }, replace: true });
    }
  }, [error, router, navigate]);
  useEffect(() => {
    if (limited) void navigate({ to: "/enrolment", replace: true });
  }, [limited, navigate]);
}
