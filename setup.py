"""What pyproject.toml cannot say: the sample captures lie beside the package and are installed inside it."""

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

SAMPLES = Path(__file__).resolve().parent / "sample_pcaps"


class BuildWithSamples(build_py):
    """An editable installation finds them in the checkout; everything else gets a copy."""

    def run(self) -> None:
        super().run()
        if self.editable_mode:
            return
        target = Path(self.build_lib) / "pcaptui" / "sample_pcaps"
        self.mkpath(str(target))
        for file in self._samples():
            self.copy_file(str(file), str(target / file.name))

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        target = Path(self.build_lib) / "pcaptui" / "sample_pcaps"
        ours = [] if self.editable_mode else [str(target / file.name) for file in self._samples()]
        return [*super().get_outputs(include_bytecode), *ours]

    def _samples(self) -> list[Path]:
        return sorted([*SAMPLES.glob("*.pcapng"), *SAMPLES.glob("*.tsv")])


setup(cmdclass={"build_py": BuildWithSamples})
