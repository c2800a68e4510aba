from setuptools import Extension, setup

setup(
    ext_modules=[
        Extension(
            "wheelproof_example_crc._crc32c",
            sources=["src/crc32c.c"],
        )
    ]
)
