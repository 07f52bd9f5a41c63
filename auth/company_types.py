"""The types of company that can be registered, in the registrar's words."""

from __future__ import annotations

__all__ = ["COMPANY_TYPES"]

COMPANY_TYPES = {
    "limited": "有限责任公司",
    "joint_stock": "股份有限公司",
    "sole_owner": "有限责任公司（自然人独资）",
    "foreign_invested": "外商投资企业",
    "sole_trader": "个体工商户",
}
"""Each under the value that forms give."""
