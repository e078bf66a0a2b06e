"""People who sign in."""

from typing import Any

import factory

from crm.accounts.models import User

PASSWORD = "a long sentence nobody guesses"


class UserFactory(factory.django.DjangoModelFactory[User]):
    """A user whose password is PASSWORD; `UserFactory.superuser()` may use the admin."""

    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"person{n}@example.com")
    name = factory.Sequence(lambda n: f"Person {n}")
    password = PASSWORD

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        return model_class.objects.create_user(*args, **kwargs)

    @classmethod
    def superuser(cls, **kwargs: Any) -> User:
        return cls.create(is_staff=True, is_superuser=True, **kwargs)
