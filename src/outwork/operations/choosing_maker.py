"""Which manufacturer units of a build are of, where nobody needs to say it because there is only one."""

from __future__ import annotations

from outwork.models import Build, Company
from outwork.queries.builds import manufacturers_of
from outwork.rules.refusals import refuse


def maker_of(build: Build, named: Company | None) -> int | None:
    """The manufacturer named, or the only one that the build has; None if it has none (we make it ourselves).

    Refuses manufacturer_undecided, manufacturer_not_of_build.
    """
    makers = manufacturers_of(build)
    if named is not None:
        if named.pk not in makers:
            refuse("manufacturer_not_of_build", company=named.name, build=build.reference, where=("manufacturer",))
        return named.pk
    if len(makers) > 1:
        refuse("manufacturer_undecided", build=build.reference, count=len(makers), where=("manufacturer",))
    return next(iter(makers), None)
