"""The outside world for development, played over real HTTP: text messages, identity checks, the registrar.

Everything here is a stand-in (沙箱环境) without legal effect. Every page says so, every answer carries
the header `X-Ezhang-Stand-In: sandbox`, which production adapters refuse, and this package is absent
from the production image. Nothing else may import it.
"""
